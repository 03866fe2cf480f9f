-- An index of notifications costs each of them an entry, and another one with each change of its state.
-- No statement asks for what one user wrote to another in a company.
DROP INDEX "notifications_company_id_sender_user_id_recipient_user_id_idx";
-- What is neither archived nor snoozed is either unread or read: a page of it is merged from those two lists.
DROP INDEX "notifications_open_idx";
