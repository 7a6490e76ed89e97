package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSystemdUnit holds the unit to what the program needs, and where systemd
// is installed has it judge the unit too; the log tells.
func TestSystemdUnit(t *testing.T) {
	text, err := os.ReadFile("../../docs/deploy/interviewer.service")
	if err != nil {
		t.Fatal(err)
	}
	set := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, is := strings.Cut(strings.TrimSpace(line), "="); is && !strings.HasPrefix(name, "#") {
			set[name] = append(set[name], value)
		}
	}
	one := func(name string) string {
		if len(set[name]) != 1 {
			t.Fatalf("%s is set %d times", name, len(set[name]))
		}
		return set[name][0]
	}

	// It starts with the unit's environment, where the unit puts its data.
	env := map[string]string{}
	for _, setting := range set["Environment"] {
		name, value, _ := strings.Cut(setting, "=")
		env[name] = value
	}
	const state = "/var/lib/interviewer/" // StateDirectory=interviewer
	if one("StateDirectory") != "interviewer" || !strings.HasPrefix(env["DATABASE_URL"], "sqlite:"+state) {
		t.Errorf("the data, %s, are not in the folder that the unit lets it write to", env["DATABASE_URL"])
	}
	data := t.TempDir()
	env["DATABASE_URL"] = strings.Replace(env["DATABASE_URL"], state, data+"/", 1)
	env["ADDR"] = strings.Replace(env["ADDR"], ":8000", ":0", 1)
	p := startProcess(t, settings(env)...)
	p.walk(t)
	if _, err := os.Stat(filepath.Join(data, "interviewer.db")); err != nil {
		t.Error(err)
	}
	limit, err := time.ParseDuration(one("TimeoutStopSec"))
	if longest := drainTimeout + 2*time.Second; err != nil || limit <= longest {
		t.Errorf("TimeoutStopSec=%s: a stop may take %s and DRAIN_DELAY (%v)", one("TimeoutStopSec"), longest, err)
	}

	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Logf("checked the settings alone, not by systemd: %v", err)
		return
	}
	program, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "interviewer.service") // systemd looks for the program
	if err := os.WriteFile(unit, []byte(strings.Replace(string(text), "ExecStart="+one("ExecStart"), "ExecStart="+program, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify", unit}, {"security", "--offline=true", "--threshold=15", unit}} { // 1.5 of 10
		out, err := exec.Command("systemd-analyze", args...).CombinedOutput()
		if err != nil || strings.Contains(string(out), unit+":") { // a name that it does not know is a warning
			t.Errorf("systemd-analyze %s: %v\n%s", args[0], err, out)
		}
	}
	t.Log("checked by systemd-analyze too: verify, security")
}
