import { Module } from '@nestjs/common';
import { SearchUsers } from '../users/search-users';
import { UsersController } from '../users/users.controller';
import { ChangeEmail } from './change-email';
import { ChangePassword } from './change-password';
import { DeleteMe } from './delete-me';
import { ExportMe } from './export-me';
import { MeController } from './me.controller';
import { ReadMe } from './read-me';
import { SetActiveCompany } from './set-active-company';
import { UpdateMe } from './update-me';

const ACCOUNT = [ReadMe, UpdateMe, ChangePassword, ChangeEmail, DeleteMe];

@Module({
  controllers: [MeController, UsersController],
  providers: [...ACCOUNT, SetActiveCompany, ExportMe, SearchUsers],
})
export class MeModule {}
