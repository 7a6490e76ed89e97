package torture

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// inProcessScenarios run tests of the program's own package, which reach into
// its process. They belong to the long form alone: `make test` runs them there.
var inProcessScenarios = []scenario{
	{"rude clients", "no client leaves a goroutine behind", rudeClients},
	{"clock", "nothing depends on a clock that does not step", clockSteps},
}

func clockSteps(t *testing.T) {
	inProcess(t, "TestClockSteps", "a client in the middle of everything", "the clock steps an hour back, or forward")
}

func rudeClients(t *testing.T) {
	inProcess(t, "TestRudeClientsLeaveNoGoroutine", "300 clients on each storage",
		"they send too little, too much or nothing, and leave at any moment")
}

func inProcess(t *testing.T, name, load, faults string) {
	out, err := exec.Command("go", "test", "-count=1", "-v", "-run", "^"+name+"$",
		"github.com/ai-interviewer/ai-interviewer/cmd/interviewer").CombinedOutput()
	passed := strings.Count(string(out), "    --- PASS: "+name+"/")
	if err != nil || passed == 0 {
		t.Errorf("%v\n%s", err, out)
	}
	report(t, result{load: load, faults: faults, figures: fmt.Sprintf("passed in %d forms", passed)})
}
