package torture

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// clockSteps and rudeClients run tests of the program's own package, which
// reach into its process. In short they are run there, not here.
func clockSteps(t *testing.T) {
	inProcess(t, "TestClockSteps", "a client in the middle of everything", "the clock steps an hour back, or forward")
}

func rudeClients(t *testing.T) {
	inProcess(t, "TestRudeClientsLeaveNoGoroutine", "300 clients on each storage",
		"they send too little, too much or nothing, and leave at any moment")
}

func inProcess(t *testing.T, name, load, faults string) {
	if !*long {
		t.Skip("in short this is run in its own package, as " + name)
	}
	out, err := exec.Command("go", "test", "-count=1", "-v", "-run", "^"+name+"$",
		"github.com/ai-interviewer/ai-interviewer/cmd/interviewer").CombinedOutput()
	passed := strings.Count(string(out), "    --- PASS: "+name+"/")
	if err != nil || passed == 0 {
		t.Errorf("%v\n%s", err, out)
	}
	report(t, result{load: load, faults: faults, figures: fmt.Sprintf("passed in %d forms", passed)})
}
