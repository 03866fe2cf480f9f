import { Controller } from '@nestjs/common';
import * as routes from '@convene/contracts/ops/routes';
import { Handles } from '@convene/http/handles';
import { Examine } from './examine';

@Controller()
export class DoctorController {
  constructor(private readonly examine: Examine) {}

  @Handles(routes.Doctor)
  doctor() {
    return this.examine.execute();
  }
}
