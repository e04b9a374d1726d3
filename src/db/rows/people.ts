export interface AccountRow {
  id: string;
  email: string;
  surname: string;
  name: string;
  patronymic: string | null;
  phone: string | null;
  inn: string | null;
  password_hash: string | null;
  staff_roles: string[];
  created_at: Date;
  blocked_at: Date | null;
  /** Why, for the company's own people. */
  blocked_reason: string | null;
  phone_confirmed_at: Date | null;
  inn_confirmed_at: Date | null;
  /** When its person was last here, to some minutes. */
  seen_at: Date | null;
  /** Registered in the outside system of requests, as the staff say. */
  outside_requests: boolean;
}

export interface RegistrationRow {
  id: string;
  email: string;
  surname: string;
  name: string;
  patronymic: string | null;
  phone: string | null;
  password_hash: string | null;
  browser: string;
  token_hash: string;
  created_at: Date;
  confirmed_at: Date | null;
  account_id: string | null;
}

export interface ConsentRow {
  id: string;
  registration_id: string | null;
  account_id: string | null;
  email: string;
  purpose: string;
  version: string;
  sha256: string;
  given_at: Date;
  ip: string;
  user_agent: string;
  form: string;
  withdrawn_at: Date | null;
  withdrawn_how: string | null;
}

export interface PasswordLinkRow {
  id: string;
  account_id: string;
  token_hash: string;
  created_at: Date;
  expires_at: Date;
  used_at: Date | null;
}

export interface EmailChangeRow {
  id: string;
  account_id: string;
  email: string;
  token_hash: string;
  created_at: Date;
  expires_at: Date;
}

export interface PhoneCodeRow {
  id: string;
  purpose: 'confirmation' | 'recovery';
  account_id: string;
  phone: string;
  created_at: Date;
  expires_at: Date;
  tries: number;
  used_at: Date | null;
}

export interface SignInAttemptRow {
  key: string;
  failures: number;
  wait_until: Date | null;
  changed_at: Date;
}

export interface MailChoiceRow {
  account_id: string;
  topic: string;
  by_mail: boolean;
}
