-- +goose Up
CREATE TABLE users (
  id                uuid        NOT NULL,
  email             varchar     NOT NULL,
  hashed_password   varchar     NOT NULL,
  encrypted_api_key varchar,
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL,
  CONSTRAINT users_pkey PRIMARY KEY (id),
  CONSTRAINT users_email_key UNIQUE (email),
  CONSTRAINT users_email_length CHECK (char_length(email) <= 254)
);

CREATE TABLE job_postings (
  user_id          uuid         NOT NULL,
  id               uuid         NOT NULL,
  title            varchar(255) NOT NULL,
  company          varchar(255),
  description      text         NOT NULL,
  experience_level varchar(50),
  tech_stack       jsonb,
  language         varchar(2)   NOT NULL DEFAULT 'en',
  created_at       timestamptz  NOT NULL,
  updated_at       timestamptz  NOT NULL,
  CONSTRAINT job_postings_pkey PRIMARY KEY (user_id, id),
  CONSTRAINT job_postings_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT job_postings_title_length CHECK (char_length(title) BETWEEN 1 AND 255),
  CONSTRAINT job_postings_description_length CHECK (char_length(description) BETWEEN 1 AND 10000),
  CONSTRAINT job_postings_language CHECK (language IN ('en', 'ua'))
);
CREATE INDEX job_postings_newest ON job_postings (user_id, created_at, id);

-- The key of a session's posting contains the owner, so that the database
-- itself refuses a session on another user's posting. It is NO ACTION: SET
-- NULL would null the owner too, and a distributed engine refuses it.
CREATE TABLE interview_sessions (
  user_id                 uuid        NOT NULL,
  id                      uuid        NOT NULL,
  job_posting_id          uuid,
  status                  varchar(50) NOT NULL,
  current_question_number int         NOT NULL,
  retake_number           int         NOT NULL DEFAULT 1,
  original_session_id     uuid,
  created_at              timestamptz NOT NULL,
  updated_at              timestamptz NOT NULL,
  CONSTRAINT interview_sessions_pkey PRIMARY KEY (user_id, id),
  CONSTRAINT interview_sessions_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT interview_sessions_job_posting_fkey FOREIGN KEY (user_id, job_posting_id)
    REFERENCES job_postings (user_id, id),
  CONSTRAINT interview_sessions_original_fkey FOREIGN KEY (user_id, original_session_id)
    REFERENCES interview_sessions (user_id, id),
  CONSTRAINT interview_sessions_status CHECK (status IN ('active', 'paused', 'completed')),
  CONSTRAINT interview_sessions_question_number CHECK (current_question_number >= 0),
  CONSTRAINT interview_sessions_retake_number CHECK (retake_number >= 1)
);
CREATE INDEX interview_sessions_newest ON interview_sessions (user_id, created_at, id);
CREATE INDEX interview_sessions_job_posting ON interview_sessions (user_id, job_posting_id);
CREATE INDEX interview_sessions_original ON interview_sessions (user_id, original_session_id)
  WHERE original_session_id IS NOT NULL;

-- +goose Down
DROP TABLE interview_sessions;
DROP TABLE job_postings;
DROP TABLE users;
