import { UserView } from '../auth';
import {
  ActiveCompanyBody,
  ChangeEmailBody,
  ChangePasswordBody,
  DeleteMeBody,
  ExportView,
  PreferencesView,
  PushSubscriptionBody,
  PushSubscriptionsView,
  PushSubscriptionView,
  RemovePushSubscriptionBody,
  UpdateMeBody,
  UpdatePreferencesBody,
} from '../me';
import { pageOf } from '../paging';
import { defineRoute } from '../route';
import { PersonView, SearchQuery } from '../users';

const tag = 'me' as const;

export const ReadMe = defineRoute('GET /v1/me', {
  operationId: 'readMe',
  tag,
  summary: 'The caller',
  response: UserView,
});

export const UpdateMe = defineRoute('PATCH /v1/me', {
  operationId: 'updateMe',
  tag,
  summary: 'Change name or time zone',
  body: UpdateMeBody,
  response: UserView,
});

export const DeleteMe = defineRoute('DELETE /v1/me', {
  operationId: 'deleteMe',
  tag,
  summary: 'Delete the account',
  description:
    'Erases personal data and ends all sessions. Refused while the caller is the only owner of a company that has ' +
    'other members; `errors` names each. A company without other members is deleted with the account.',
  rate: 'login',
  body: DeleteMeBody,
  errors: ['PASSWORD_WRONG', 'OWNER_OF_COMPANIES'],
});

export const ChangePassword = defineRoute('POST /v1/me/password', {
  operationId: 'changePassword',
  tag,
  summary: 'Change the password',
  description:
    'Ends all other sessions and all links in mails (except those that give a former address its account back), and sends ' +
    'a mail to the address.',
  rate: 'login',
  body: ChangePasswordBody,
  errors: ['PASSWORD_WRONG', 'PASSWORD_EASY_TO_GUESS'],
});

export const ChangeEmail = defineRoute('POST /v1/me/email', {
  operationId: 'changeEmail',
  tag,
  summary: 'Change the address',
  description:
    'Sends a mail to the new address, which takes effect when its token arrives at `POST /v1/auth/verify-email`. The ' +
    'current address gets a mail at once. The answer does not depend on whether another account has the address.',
  rate: 'mail',
  body: ChangeEmailBody,
  status: 202,
  errors: ['PASSWORD_WRONG', 'EMAIL_UNDELIVERABLE'],
});

export const ReadPreferences = defineRoute('GET /v1/me/preferences', {
  operationId: 'readPreferences',
  tag,
  summary: 'Preferences of the caller by type and channel, and quiet hours',
  response: PreferencesView,
});

export const UpdatePreferences = defineRoute('PUT /v1/me/preferences', {
  operationId: 'updatePreferences',
  tag,
  summary: 'Choose types, channels and quiet hours',
  body: UpdatePreferencesBody,
  response: PreferencesView,
  errors: ['PREFERENCE_FIXED'],
});

export const SetActiveCompany = defineRoute('PUT /v1/me/active-company', {
  operationId: 'setActiveCompany',
  tag,
  summary: 'The company the caller works in',
  body: ActiveCompanyBody,
  response: UserView,
  errors: ['NOT_FOUND'],
});

export const ListPushSubscriptions = defineRoute('GET /v1/me/push-subscriptions', {
  operationId: 'listPushSubscriptions',
  tag,
  summary: 'The browsers that get pushes, and the key to subscribe with',
  response: PushSubscriptionsView,
});

export const AddPushSubscription = defineRoute('POST /v1/me/push-subscriptions', {
  operationId: 'addPushSubscription',
  tag,
  summary: 'Subscribe this browser to pushes',
  description:
    'A subscription ends with its session: subscribe again after every login. A repeated one replaces its keys and ' +
    'moves to this session. An endpoint of another account moves only with the same keys, as when a browser changes ' +
    'accounts; otherwise `VALIDATION_FAILED`. Beyond 20 the oldest is dropped.',
  body: PushSubscriptionBody,
  response: PushSubscriptionView,
  errors: ['WEB_PUSH_NOT_CONFIGURED'],
});

export const RemovePushSubscription = defineRoute('DELETE /v1/me/push-subscriptions', {
  operationId: 'removePushSubscription',
  tag,
  summary: 'Unsubscribe a browser from pushes',
  body: RemovePushSubscriptionBody,
  errors: ['NOT_FOUND'],
});

export const ExportMe = defineRoute('GET /v1/me/export', {
  operationId: 'exportMe',
  tag,
  summary: 'All data stored about the caller',
  rate: 'mail',
  response: ExportView,
});

export const SearchUsers = defineRoute('GET /v1/users/search', {
  operationId: 'searchUsers',
  tag: 'users',
  summary: 'Users by the beginning of their name',
  description: 'Without the caller. Includes users who have blocked the caller; their absence would reveal the block.',
  rate: 'search',
  query: SearchQuery,
  response: pageOf(PersonView),
  errors: ['CURSOR_INVALID'],
  lagTolerated: true,
});
