package domain_test

import (
	"testing"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func TestNewResume(t *testing.T) {
	t.Run("keeps the content as it is given", func(t *testing.T) {
		resume, err := domain.NewResume(messageID, owner, " Wrote Go.\n", created)
		equal(t, "error", err, nil)
		equal(t, "résumé", resume, domain.Resume{
			ID: messageID, UserID: owner, Content: " Wrote Go.\n", CreatedAt: created, UpdatedAt: created,
		})
	})

	t.Run("refuses what cannot be stored", func(t *testing.T) {
		resume, err := domain.NewResume(messageID, owner, "\x00", created)
		equal(t, "broken rules", brokenRules(t, err), []domain.FieldError{{Path: []any{"content"}, Rule: domain.RuleValue}})
		equal(t, "résumé", resume, domain.Resume{})
	})
}

func TestReplaceResume(t *testing.T) {
	stored := domain.Resume{ID: messageID, UserID: owner, Content: "Wrote Go.", CreatedAt: created, UpdatedAt: created}

	t.Run("changes the content and the update time alone", func(t *testing.T) {
		resume := stored
		equal(t, "error", resume.Replace(" ", later), nil)
		equal(t, "résumé", resume, domain.Resume{ID: messageID, UserID: owner, Content: " ", CreatedAt: created, UpdatedAt: later})
	})

	t.Run("changes nothing when it refuses", func(t *testing.T) {
		resume := stored
		err := resume.Replace("", later)
		equal(t, "broken rules", brokenRules(t, err), []domain.FieldError{{Path: []any{"content"}, Rule: domain.RuleTooShort, Limit: 1}})
		equal(t, "résumé", resume, stored)
	})
}
