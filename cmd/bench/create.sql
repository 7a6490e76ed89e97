\set user random(100000000000, 100000000999)
\set posting 100000000000 + 5 * (:user - 100000000000) + random(0, 4)
SELECT id, title, company, experience_level, tech_stack, language, created_at, user_id, description, updated_at
  FROM job_postings WHERE user_id = ('00000000-0000-4000-8000-' || :user)::uuid AND id = ('00000000-0000-4000-9000-' || :posting)::uuid \gset
INSERT INTO interview_sessions
  (user_id, id, job_posting_id, status, current_question_number, retake_number, original_session_id, created_at, updated_at)
VALUES (:user_id, gen_random_uuid(), :id, 'active', 0, 1, NULL, now(), now());
