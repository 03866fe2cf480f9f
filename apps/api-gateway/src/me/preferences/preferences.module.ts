import { Module } from '@nestjs/common';
import { PreferencesController } from './preferences.controller';
import { UpdatePreferences } from './update-preferences';

@Module({ controllers: [PreferencesController], providers: [UpdatePreferences] })
export class PreferencesModule {}
