package postgrestest

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
)

const oldestVersion = 15

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// Program returns the path of one of PostgreSQL's client programs, of the
// version of the servers that this package starts.
func Program(t testing.TB, name string) string {
	t.Helper()
	bin, err := findBinaries("/usr/lib/postgresql/*/bin")
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	return filepath.Join(bin, name)
}

// findBinaries returns the directory of initdb and postgres: the newest of
// the installed ones, a glob pattern, or else that of the postgres on PATH.
func findBinaries(installed string) (string, error) {
	best, newest := "", oldestVersion-1
	dirs, _ := filepath.Glob(installed) // fails only if the pattern is malformed
	for _, dir := range dirs {
		if v := version(dir); v > newest {
			best, newest = dir, v
		}
	}
	if path, err := exec.LookPath("postgres"); best == "" && err == nil && version(filepath.Dir(path)) > newest {
		best = filepath.Dir(path)
	}
	if best == "" {
		return "", errors.New("PostgreSQL's binaries were not found (initdb and postgres, version 15 or newer): " +
			`on Debian or Ubuntu type "apt-get install postgresql"`)
	}
	return best, nil
}

// version returns the major version of the binaries in dir, 0 if there are
// none.
func version(dir string) int {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return 0
	}
	output, _ := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	match := versionPattern.FindSubmatch(output)
	if match == nil {
		return 0
	}
	v, _ := strconv.Atoi(string(match[1])) // digits, as matched
	return v
}

// unprivileged returns whom to run PostgreSQL as when this process is root,
// which it refuses to run as; else nil.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(uidErr, gidErr)
}

// makeDir makes a temporary directory that the owner can use, nil meaning the
// user of this process.
func makeDir(owner *syscall.Credential) (string, error) {
	parent := os.TempDir()
	if owner != nil && !openToAll(parent) {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "postgrestest-")
	if err == nil && owner != nil {
		err = os.Chown(dir, int(owner.Uid), int(owner.Gid))
	}
	return dir, err
}

// openToAll reports whether every user may pass through dir and its parents.
func openToAll(dir string) bool {
	dir, err := filepath.EvalSymlinks(dir)
	for err == nil {
		var info os.FileInfo
		if info, err = os.Stat(dir); err != nil || info.Mode()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
		dir = filepath.Dir(dir)
	}
	return false
}
