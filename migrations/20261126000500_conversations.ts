import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    -- Beside pg_trgm another trusted extension: an organisation's words are looked up in one index.
    create extension if not exists btree_gin;

    -- «Профиль обращения» of messages, and the kinds that staff sort requests by.
    create table conversation_kinds (
      id uuid primary key,
      face text not null check (face in ('request', 'message')),
      name text not null,
      department text,
      email text,
      due_hours integer not null check (due_hours between 1 and 720),
      position integer not null default 0,
      hidden_at timestamptz,
      unique (face, name)
    );
    insert into conversation_kinds (id, face, name, department, due_hours, position) values
      (gen_random_uuid(), 'request', 'Общая заявка', 'Служба сервиса', 9, 1),
      (gen_random_uuid(), 'request', 'Электрика и освещение', 'Служба эксплуатации', 4, 2),
      (gen_random_uuid(), 'request', 'Вода, отопление, вентиляция', 'Служба эксплуатации', 4, 3),
      (gen_random_uuid(), 'request', 'Уборка', 'Служба эксплуатации', 9, 4),
      (gen_random_uuid(), 'message', 'Аренда', 'Отдел аренды', 18, 1),
      (gen_random_uuid(), 'message', 'Бухгалтерия', 'Бухгалтерия', 18, 2),
      (gen_random_uuid(), 'message', 'Эксплуатация', 'Служба эксплуатации', 18, 3),
      (gen_random_uuid(), 'message', 'Пропускной режим', 'Служба охраны', 9, 4),
      (gen_random_uuid(), 'message', 'Другое', 'Секретариат', 18, 5);

    -- The last number given out, a row a face and year: whoever takes one waits for the one before, so none is missing.
    create table conversation_numbers (
      face text not null,
      year integer not null,
      last integer not null,
      primary key (face, year)
    );

    -- A request or a message. What was said and done stands in its entries; here is what lists and rules look at.
    create table conversations (
      id uuid primary key,
      face text not null check (face in ('request', 'message')),
      number text not null unique,
      kind_id uuid not null references conversation_kinds,
      state text not null check (state in ('new', 'accepted', 'working', 'waiting', 'done', 'answered', 'closed',
        'rejected', 'withdrawn')),
      organisation_id uuid references organisations,
      author_id uuid not null references accounts,
      subject text not null,
      assignee_id uuid references accounts,
      created_at timestamptz not null,
      due_at timestamptz,
      due_left integer,
      answered_at timestamptz,
      answered_in integer,
      done_at timestamptz,
      closed_at timestamptz,
      rating smallint check (rating between 1 and 5),
      rating_words text,
      revision integer not null default 1,
      last_entry integer not null default 0,
      words tsvector not null,
      check ((face = 'request') >= (state in ('accepted', 'waiting', 'done', 'rejected', 'withdrawn'))),
      check ((face = 'message') >= (state = 'answered')),
      check ((state in ('new', 'accepted', 'working')) = (due_at is not null)),
      check ((answered_at is null) = (answered_in is null)),
      check ((state = 'waiting') = (due_left is not null)),
      check ((state in ('done', 'answered')) <= (done_at is not null))
    );
    create index conversations_organisation on conversations (organisation_id, face, created_at desc, id desc);
    create index conversations_newest on conversations (created_at desc, id desc);
    create index conversations_face on conversations (face, created_at desc, id desc);
    create index conversations_desk on conversations (due_at, id) where due_at is not null;
    create index conversations_waiting on conversations (created_at desc, id desc)
      where state in ('waiting', 'done', 'answered');
    create index conversations_assignee on conversations (assignee_id, created_at desc, id desc);
    create index conversations_kind on conversations (kind_id, created_at desc, id desc);
    create index conversations_closing on conversations (done_at) where state in ('done', 'answered');
    create index conversations_words on conversations using gin (organisation_id, words);

    -- Who of the tenants takes part, and what of the company's answers he has not read. Face, organisation and moment
    -- repeat the conversation's: a person's list is found in this index alone.
    create table conversation_people (
      conversation_id uuid not null references conversations on delete cascade,
      account_id uuid not null references accounts,
      face text not null,
      organisation_id uuid references organisations,
      created_at timestamptz not null,
      added_by uuid references accounts,
      added_at timestamptz not null,
      unread_at timestamptz,
      primary key (conversation_id, account_id)
    );
    create index conversation_people_list on conversation_people (account_id, face, created_at desc, conversation_id desc)
      include (organisation_id, unread_at);
    create index conversation_people_unread on conversation_people (account_id, organisation_id, face)
      where unread_at is not null;

    create table conversation_entries (
      id uuid primary key,
      conversation_id uuid not null references conversations on delete cascade,
      number integer not null,
      at timestamptz not null,
      account_id uuid references accounts,
      side text not null check (side in ('tenant', 'staff', 'clock')),
      kind text not null check (kind in ('opening', 'reply', 'note', 'change')),
      text text,
      state text,
      details jsonb not null default '{}',
      unique (conversation_id, number),
      check ((kind = 'note') <= (side = 'staff'))
    );

    create table conversation_files (
      file_id uuid primary key references files,
      conversation_id uuid not null references conversations on delete cascade,
      entry_id uuid not null references conversation_entries on delete cascade,
      position integer not null
    );
    create index conversation_files_conversation on conversation_files (conversation_id);

    -- Ready-made answers of the staff; {…} in the text is filled in where it is used.
    create table conversation_answers (
      id uuid primary key,
      face text not null check (face in ('request', 'message')),
      name text not null,
      text text not null,
      position integer not null default 0,
      unique (face, name)
    );

    -- Every word (its stem) that stands in a conversation: what was mistyped is looked up among them by trigrams.
    create table conversation_words (word text primary key);
    create index conversation_words_like on conversation_words using gin (word gin_trgm_ops);

    -- Who is known in the outside system of requests (manual 4.1.2), as the staff say.
    alter table accounts add column outside_requests boolean not null default false;
    alter table organisations add column outside_requests boolean not null default false;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.raw(`
    alter table organisations drop column outside_requests;
    alter table accounts drop column outside_requests;
    drop table conversation_words, conversation_answers, conversation_files, conversation_entries,
      conversation_people, conversations, conversation_numbers, conversation_kinds;
    drop extension btree_gin;
  `);
}
