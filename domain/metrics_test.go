package domain_test

import (
	"fmt"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func TestAverageScore(t *testing.T) {
	for _, test := range []struct {
		feedbacks, sum int
		want           float64
		ok             bool
	}{
		{0, 0, 0, false},
		{1, 0, 0, true},
		{3, 0, 0, true},
		{1, 70, 70, true},
		{1, 100, 100, true},
		{2, 141, 70.5, true},
		{3, 200, 66.7, true},
		{3, 100, 33.3, true},
		{4, 281, 70.2, true},   // 70.25
		{4, 283, 70.8, true},   // 70.75
		{4, 1, 0.2, true},      // 0.25
		{20, 1, 0, true},       // 0.05
		{20, 3, 0.2, true},     // 0.15
		{20, 1407, 70.4, true}, // 70.35
		{20, 1409, 70.4, true}, // 70.45
		{20, 1999, 100, true},  // 99.95
		{40, 3999, 100, true},  // 99.975
		{1000, 1, 0, true},     // 0.001
		{1000, 70349, 70.3, true},
	} {
		t.Run(fmt.Sprintf("of %d feedbacks with %d in all", test.feedbacks, test.sum), func(t *testing.T) {
			got, ok := domain.Metrics{Feedbacks: test.feedbacks, ScoreSum: test.sum, CompletedInterviews: 9}.AverageScore()
			equal(t, "average", got, test.want)
			equal(t, "whether there is one", ok, test.ok)
		})
	}
}
