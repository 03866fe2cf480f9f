import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/ops/routes';
import { Handles } from '@convene/http/handles';
import { ListPartitions } from './list-partitions';

@Controller()
export class PartitionsController {
  constructor(private readonly listPartitions: ListPartitions) {}

  @Handles(routes.ListPartitions)
  list() {
    return this.listPartitions.execute();
  }
}
