-- +goose Up
ALTER TABLE interview_sessions
  ADD COLUMN message_seq int NOT NULL DEFAULT 0 CONSTRAINT interview_sessions_message_seq CHECK (message_seq >= 0);

-- Attempts of one chain have different numbers.
DROP INDEX interview_sessions_original;
CREATE UNIQUE INDEX interview_sessions_attempt ON interview_sessions (user_id, original_session_id, retake_number)
  WHERE original_session_id IS NOT NULL;

CREATE TABLE resumes (
  user_id    text NOT NULL,
  id         text NOT NULL,
  content    text NOT NULL,
  created_at integer NOT NULL,
  updated_at integer NOT NULL,
  CONSTRAINT resumes_pkey PRIMARY KEY (user_id, id),
  CONSTRAINT resumes_one_each UNIQUE (user_id),
  CONSTRAINT resumes_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT resumes_content_length CHECK (length(content) BETWEEN 1 AND 50000)
);

-- seq is the place in the session. Without one a message comes before those
-- that have one, by its time.
CREATE TABLE session_messages (
  user_id       text NOT NULL,
  id            text NOT NULL,
  session_id    text NOT NULL,
  seq           int,
  message_type  varchar(50) NOT NULL,
  content       text NOT NULL,
  question_type varchar(50),
  created_at    integer NOT NULL,
  CONSTRAINT session_messages_pkey PRIMARY KEY (user_id, id),
  CONSTRAINT session_messages_place UNIQUE (user_id, session_id, seq),
  CONSTRAINT session_messages_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT session_messages_session_fkey FOREIGN KEY (user_id, session_id)
    REFERENCES interview_sessions (user_id, id) ON DELETE CASCADE,
  CONSTRAINT session_messages_seq CHECK (seq >= 1),
  CONSTRAINT session_messages_type CHECK (message_type IN ('question', 'answer')),
  CONSTRAINT session_messages_question_type CHECK (question_type IN ('technical', 'behavioral', 'situational'))
);

-- attempts counts the leases and fences their holders; lease_until is when the
-- present one ends. An operation without a lease is never taken up.
CREATE TABLE operations (
  user_id             text NOT NULL,
  id                  text NOT NULL,
  session_id          text,
  operation_type      varchar(100) NOT NULL,
  status              varchar(50) NOT NULL,
  result              text,
  error_code          varchar(50),
  error_message       text,
  parent_operation_id text,
  retry_count         int NOT NULL DEFAULT 0,
  attempts            int NOT NULL DEFAULT 0,
  lease_until         integer,
  created_at          integer NOT NULL,
  updated_at          integer NOT NULL,
  CONSTRAINT operations_pkey PRIMARY KEY (user_id, id),
  CONSTRAINT operations_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT operations_session_fkey FOREIGN KEY (user_id, session_id)
    REFERENCES interview_sessions (user_id, id) ON DELETE CASCADE,
  CONSTRAINT operations_parent_fkey FOREIGN KEY (user_id, parent_operation_id)
    REFERENCES operations (user_id, id),
  CONSTRAINT operations_type CHECK (operation_type IN ('question_generation', 'feedback_analysis')),
  CONSTRAINT operations_status CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
  CONSTRAINT operations_result CHECK (result IS NULL OR json_valid(result)),
  CONSTRAINT operations_has_result CHECK (status <> 'completed' OR result IS NOT NULL),
  CONSTRAINT operations_retry_count CHECK (retry_count >= 0),
  CONSTRAINT operations_attempts CHECK (attempts >= 0)
);
CREATE INDEX operations_session ON operations (user_id, session_id);
CREATE INDEX operations_parent ON operations (user_id, parent_operation_id) WHERE parent_operation_id IS NOT NULL;
-- These two are for what looks after the operations of all users.
CREATE INDEX operations_due ON operations (lease_until, user_id, id) WHERE status IN ('pending', 'processing');
CREATE INDEX operations_finished ON operations (updated_at) WHERE status IN ('completed', 'failed');

CREATE TABLE interview_feedbacks (
  user_id                     text NOT NULL,
  id                          text NOT NULL,
  session_id                  text NOT NULL,
  technical_accuracy_score    int NOT NULL,
  communication_clarity_score int NOT NULL,
  problem_solving_score       int NOT NULL,
  relevance_score             int NOT NULL,
  overall_score               int NOT NULL,
  technical_feedback          text NOT NULL,
  communication_feedback      text NOT NULL,
  problem_solving_feedback    text NOT NULL,
  relevance_feedback          text NOT NULL,
  overall_comments            text,
  knowledge_gaps              text NOT NULL,
  learning_recommendations    text NOT NULL,
  method                      varchar(50),
  created_at                  integer NOT NULL,
  updated_at                  integer NOT NULL,
  CONSTRAINT interview_feedbacks_pkey PRIMARY KEY (user_id, id),
  CONSTRAINT interview_feedbacks_one_each UNIQUE (user_id, session_id),
  CONSTRAINT interview_feedbacks_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT interview_feedbacks_session_fkey FOREIGN KEY (user_id, session_id)
    REFERENCES interview_sessions (user_id, id) ON DELETE CASCADE,
  CONSTRAINT interview_feedbacks_lists CHECK (json_valid(knowledge_gaps) AND json_valid(learning_recommendations)),
  CONSTRAINT interview_feedbacks_scores CHECK (technical_accuracy_score BETWEEN 0 AND 100
    AND communication_clarity_score BETWEEN 0 AND 100 AND problem_solving_score BETWEEN 0 AND 100
    AND relevance_score BETWEEN 0 AND 100 AND overall_score BETWEEN 0 AND 100)
);

-- +goose Down
DROP TABLE interview_feedbacks;
DROP TABLE operations;
DROP TABLE session_messages;
DROP TABLE resumes;
DROP INDEX interview_sessions_attempt;
CREATE INDEX interview_sessions_original ON interview_sessions (user_id, original_session_id)
  WHERE original_session_id IS NOT NULL;
ALTER TABLE interview_sessions DROP COLUMN message_seq;
