package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// ReadMetrics implements [ports.MetricsReader].
func (s *Store) ReadMetrics(ctx context.Context, owner uuid.UUID) (metrics domain.Metrics, err error) {
	type practice struct {
		role domain.PracticedRole
		last time.Time // when the newest of its sessions was created
	}
	err = s.read(ctx, func() error {
		practices := map[uuid.UUID]practice{} // by posting
		for k, row := range s.sessions {
			if k.owner != owner || row.Status != domain.SessionCompleted {
				continue
			}
			metrics.CompletedInterviews++
			metrics.QuestionsAsked += row.CurrentQuestionNumber
			if id := row.JobPostingID; id.Valid {
				p := practices[id.UUID]
				p.role.Posting = s.postings[key{owner, id.UUID}].Headline()
				p.role.Count++
				if row.CreatedAt.After(p.last) {
					p.last = row.CreatedAt
				}
				practices[id.UUID] = p
			}
		}
		for k, feedback := range s.feedbacks {
			if k.owner == owner {
				metrics.Feedbacks++
				metrics.ScoreSum += feedback.OverallScore
			}
		}
		all := make([]practice, 0, len(practices))
		for _, p := range practices {
			all = append(all, p)
		}
		slices.SortFunc(all, func(a, b practice) int {
			return cmp.Or(cmp.Compare(b.role.Count, a.role.Count), b.last.Compare(a.last),
				compareIDs(a.role.Posting.ID, b.role.Posting.ID))
		})
		metrics.MostPracticed = []domain.PracticedRole{}
		for _, p := range firstOf(all, domain.MaxPracticedRoles) {
			metrics.MostPracticed = append(metrics.MostPracticed, p.role)
		}
		return nil
	})
	return metrics, err
}
