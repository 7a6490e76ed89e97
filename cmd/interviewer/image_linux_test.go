package main

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/jackc/pgx/v5"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
)

// stage is a stage of the Dockerfile: a file system and how to run in it.
type stage struct {
	name       string
	root       string // "" is the file system of a base image
	hasBase    bool   // this machine stands for the base image
	dir        string
	user       string // uid:gid
	env, args  map[string]string
	health     []string
	entrypoint []string
}

// image is the last stage of the Dockerfile, made once as a container engine
// makes it: the context is what .dockerignore lets through, each RUN is run,
// each COPY copied. TestMain removes it.
var image = sync.OnceValues(func() (*stage, error) { return buildImage("../..", filepath.Join(binaryDir, "image")) })

var (
	instruction = regexp.MustCompile(`^([A-Z]+) +(.*)$`)
	stageName   = regexp.MustCompile(`^(\S+)(?: AS (\S+))?$`)
	option      = regexp.MustCompile(`^--([a-z-]+)=(\S+) +`)
	variable    = regexp.MustCompile(`^([A-Z_]+)=(\S+)$`)
)

// buildImage knows the instructions that our Dockerfile has, and refuses others.
func buildImage(source, dir string) (*stage, error) {
	context := filepath.Join(dir, "context")
	if err := copyContext(source, context); err != nil {
		return nil, err
	}
	dockerfile, err := os.ReadFile(filepath.Join(source, "Dockerfile"))
	if err != nil {
		return nil, err
	}
	var stages []*stage
	for line := range strings.Lines(strings.ReplaceAll(string(dockerfile), "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		match := instruction.FindStringSubmatch(line)
		if match == nil {
			return nil, fmt.Errorf("Dockerfile: %q is no instruction", line)
		}
		name, rest := match[1], match[2]
		if name == "FROM" {
			from := stageName.FindStringSubmatch(rest)
			if from == nil {
				return nil, fmt.Errorf("Dockerfile: %s", line)
			}
			s := &stage{name: from[2], hasBase: from[1] != "scratch", root: filepath.Join(dir, strconv.Itoa(len(stages))), dir: "/",
				user: "0:0", env: map[string]string{}, args: map[string]string{}}
			if err := os.Mkdir(s.root, 0o755); err != nil {
				return nil, err
			}
			stages = append(stages, s)
			continue
		}
		if len(stages) == 0 {
			return nil, fmt.Errorf("Dockerfile: %s is before the first FROM", line)
		}
		if err := stages[len(stages)-1].obey(name, rest, context, stages); err != nil {
			return nil, fmt.Errorf("Dockerfile: %s: %w", line, err)
		}
	}
	return stages[len(stages)-1], nil
}

// obey does one instruction.
func (s *stage) obey(name, rest, context string, stages []*stage) error {
	options := map[string]string{}
	for match := option.FindStringSubmatch(rest); match != nil; match = option.FindStringSubmatch(rest) {
		options[match[1]], rest = match[2], rest[len(match[0]):]
	}
	switch words := strings.Fields(rest); name {
	case "WORKDIR":
		s.dir = rest
		return os.MkdirAll(filepath.Join(s.root, rest), 0o755)
	case "ARG", "ENV":
		for _, word := range words {
			match := variable.FindStringSubmatch(word)
			if match == nil {
				return fmt.Errorf("%q is not NAME=value", word)
			}
			if name == "ARG" {
				s.args[match[1]] = match[2]
			} else {
				s.env[match[1]] = match[2]
			}
		}
	case "RUN":
		return s.run(rest)
	case "COPY":
		from := &stage{root: context}
		if name, has := options["from"]; has {
			i := slices.IndexFunc(stages[:len(stages)-1], func(s *stage) bool { return s.name == name })
			if i < 0 {
				return fmt.Errorf("no stage %q", name)
			}
			from = stages[i]
		}
		if len(words) < 2 {
			return fmt.Errorf("from where, or to where?")
		}
		for _, source := range words[:len(words)-1] {
			if err := s.copy(from, source, words[len(words)-1], options["chown"]); err != nil {
				return err
			}
		}
	case "USER":
		s.user = rest
	case "HEALTHCHECK":
		command, has := strings.CutPrefix(rest, "CMD ")
		if !has {
			return fmt.Errorf("is not CMD [...]")
		}
		return json.Unmarshal([]byte(command), &s.health)
	case "ENTRYPOINT":
		return json.Unmarshal([]byte(rest), &s.entrypoint)
	case "EXPOSE", "VOLUME": // say something to people and engines
	default:
		return fmt.Errorf("this test does not know %s", name)
	}
	return nil
}

// run runs a command of the build on this machine, in the stage's folder.
func (s *stage) run(command string) error {
	if !s.hasBase {
		return fmt.Errorf("there is no shell in scratch")
	}
	cmd := exec.Command("sh", "-ec", command)
	cmd.Dir = filepath.Join(s.root, s.dir)
	for _, setting := range os.Environ() { // without what `make test` sets for its own
		if name, _, _ := strings.Cut(setting, "="); name != "GOFLAGS" && name != "MAKEFLAGS" && name != "MFLAGS" && name != "MAKELEVEL" {
			cmd.Env = append(cmd.Env, setting)
		}
	}
	for _, set := range []map[string]string{s.args, s.env} {
		cmd.Env = append(cmd.Env, settings(set)...)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// copy copies a file, or what is in a folder, as COPY does.
func (s *stage) copy(from *stage, source, target, owner string) error {
	path := filepath.Join(from.root, source)
	if _, err := os.Stat(path); err != nil && from.hasBase {
		path = source // is of the base image
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(s.dir, target) + strings.Repeat("/", strings.Count(target, "/")) // Join drops the last one
	}
	to := filepath.Join(s.root, target)
	switch {
	case info.IsDir():
		path += "/."
	case strings.HasSuffix(target, "/"):
		to = filepath.Join(to, filepath.Base(path))
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-RL", path, to).CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	if owner == "" || os.Geteuid() != 0 { // who is not root stands for the image's user, see enter
		return nil
	}
	uid, gid, err := numbers(owner)
	if err != nil {
		return err
	}
	return filepath.WalkDir(to, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, gid)
	})
}

// copyContext copies what .dockerignore, a list of all that is not ignored,
// leaves.
func copyContext(source, context string) error {
	ignore, err := os.ReadFile(filepath.Join(source, ".dockerignore"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(context, 0o755); err != nil {
		return err
	}
	ignoresRest := false
	for line := range strings.Lines(string(ignore)) {
		line = strings.TrimSpace(line)
		name, kept := strings.CutPrefix(line, "!")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case line == "*":
			ignoresRest = true
		case kept && ignoresRest && name == filepath.Base(name):
			if out, err := exec.Command("cp", "-R", filepath.Join(source, name), context).CombinedOutput(); err != nil {
				return fmt.Errorf(".dockerignore: %w\n%s", err, out)
			}
		default:
			return fmt.Errorf(".dockerignore: %q is neither * nor a name that is kept", line)
		}
	}
	return nil
}

// enter returns the command that runs another in the image, as its user, and
// sees nothing else of this machine's files. Who is not root does it in a
// namespace of his own, in which he is that user.
func (s *stage) enter(t *testing.T, env map[string]string, command ...string) *exec.Cmd {
	t.Helper()
	uid, gid, err := numbers(s.user)
	if err != nil || uid == 0 || gid == 0 {
		t.Fatalf("the image's user is %q: must not be root (%v)", s.user, err)
	}
	attributes := &syscall.SysProcAttr{Chroot: s.root, Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	if os.Geteuid() != 0 {
		attributes = &syscall.SysProcAttr{Chroot: s.root, Cloneflags: syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: uid, HostID: os.Geteuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: gid, HostID: os.Getegid(), Size: 1}}}
	}
	return &exec.Cmd{Path: command[0], Args: command, Dir: s.dir, Env: settings(env), SysProcAttr: attributes}
}

// runIn runs a command in the image to its end, and returns what it printed.
func (s *stage) runIn(t *testing.T, env map[string]string, command ...string) (string, error) {
	t.Helper()
	out, err := s.enter(t, env, command...).CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		t.Fatalf("%v: what a container engine does needs root, or a kernel that lets others have user namespaces (kernel.apparmor_restrict_unprivileged_userns=0)", err)
	}
	return strings.TrimSpace(string(out)), err
}

// settings returns a set of variables as a process takes it.
func settings(set map[string]string) (env []string) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		env = append(env, name+"="+set[name])
	}
	return env
}

func numbers(user string) (uid, gid int, err error) {
	if _, err := fmt.Sscanf(user, "%d:%d", &uid, &gid); err != nil {
		return 0, 0, fmt.Errorf("user %q is not uid:gid: %w", user, err)
	}
	return uid, gid, nil
}

// builtImage returns the image, of which it is known that it can be entered.
func builtImage(t *testing.T) *stage {
	t.Helper()
	s, err := image()
	if err != nil {
		t.Fatal(err)
	}
	said, err := s.runIn(t, s.env, append(s.entrypoint, "version")...)
	if err != nil || !strings.HasPrefix(said, "interviewer unknown go") { // as no VERSION was given
		t.Fatalf("version: %q, %v", said, err)
	}
	return s
}

// serve starts the image as an engine does, but on another port, and returns it
// and the image's own health check, once that passes.
func (s *stage) serve(t *testing.T, env map[string]string) (p *process, healthy func() bool) {
	t.Helper()
	host, port, err := net.SplitHostPort(env["ADDR"])
	if err != nil || host != "0.0.0.0" || port != "8000" {
		t.Fatalf("ADDR=%s, want that of the port that the Dockerfile exposes, on all addresses", env["ADDR"])
	}
	env = maps.Clone(env)
	env["ADDR"], env["LOG_FORMAT"] = "0.0.0.0:0", "json"
	p = startCommand(t, s.enter(t, env, s.entrypoint...))
	_, port, err = net.SplitHostPort(strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	p.base, env["ADDR"] = "http://127.0.0.1:"+port, "0.0.0.0:"+port
	healthy = func() bool {
		_, err := s.runIn(t, env, s.health...)
		return err == nil
	}
	eventually(t, healthy)
	return p, healthy
}

// TestImageOnSQLite does what `docker build` and `docker run` do, with the
// commands of the Dockerfile.
func TestImageOnSQLite(t *testing.T) {
	t.Parallel()
	s := builtImage(t)
	provider := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"data":[]}`)) }))
	defer provider.Close()
	bundle := filepath.Join(s.root, "etc/ssl/certs/ca-certificates.crt")
	certificates, err := os.ReadFile(bundle)
	if err != nil || !x509.NewCertPool().AppendCertsFromPEM(certificates) {
		t.Fatalf("no certificates in %s: %v", bundle, err)
	}
	certificates = append(certificates, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: provider.Certificate().Raw})...)
	if err := os.WriteFile(bundle, certificates, 0o644); err != nil {
		t.Fatal(err)
	}
	env := maps.Clone(s.env)
	env["OPENAI_BASE_URL"] = provider.URL + "/v1"

	first, healthy := s.serve(t, env)
	token, session := first.walk(t)
	key := map[string]string{"api_key": "sk-" + strings.Repeat("a", 48)}
	if verdict := first.call(t, "POST", "/api/v1/users/me/api-key/validate", token, key, 200); verdict["valid"] != true {
		t.Errorf("over https, by the image's certificates: %v\n%s", verdict, first.log)
	}
	if err := first.stop(t, syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v\n%s", err, first.log)
	}
	if healthy() {
		t.Error("the health check passes though nothing serves")
	}
	// The data and the secrets are in the volume.
	second, _ := s.serve(t, env)
	second.call(t, "GET", "/api/v1/sessions/"+session["id"].(string), token, nil, 200)
	if found, err := filepath.Glob(filepath.Join(s.root, "data", "interviewer.db*")); err != nil || len(found) < 3 {
		t.Errorf("in /data: %v, %v", found, err)
	}
}

// TestCompose reads compose.yaml by the library of Docker Compose, and runs the
// service with its environment on a PostgreSQL that is set up as the image
// postgres does from its own.
func TestCompose(t *testing.T) {
	t.Parallel()
	secrets := types.Mapping{"POSTGRES_PASSWORD": "p:/@ %?#", "JWT_SECRET": testSecret, "API_KEY_SECRET": testSecret}
	load := func(environment types.Mapping) (*types.Project, error) {
		return loader.LoadWithContext(t.Context(), types.ConfigDetails{WorkingDir: "../..", Environment: environment,
			ConfigFiles: []types.ConfigFile{{Filename: "../../compose.yaml"}}})
	}
	for name := range secrets {
		environment := maps.Clone(secrets)
		delete(environment, name)
		if _, err := load(environment); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	project, err := load(secrets)
	if err != nil {
		t.Fatal(err)
	}
	service, database := project.Services["interviewer"], project.Services["postgres"]
	if limit, longest := time.Duration(*service.StopGracePeriod), drainTimeout+5*time.Second; limit < longest {
		t.Errorf("a stop may take %s, but is given %s", longest, limit)
	}
	if got := service.DependsOn["postgres"].Condition; got != types.ServiceConditionHealthy {
		t.Errorf("the service starts when PostgreSQL is %q", got)
	}
	version, err := strconv.Atoi(strings.TrimPrefix(database.Image, "postgres:"))
	if err != nil || version < 15 {
		t.Errorf("PostgreSQL's image is %q", database.Image)
	}

	server := postgrestest.Start(t)
	host, port, err := net.SplitHostPort(server.Host())
	if err != nil {
		t.Fatal(err)
	}
	role := *database.Environment["POSTGRES_USER"]
	for _, statement := range []string{
		fmt.Sprintf("CREATE ROLE %s LOGIN SUPERUSER PASSWORD '%s'", role, *database.Environment["POSTGRES_PASSWORD"]),
		fmt.Sprintf("CREATE DATABASE %s OWNER %s", *database.Environment["POSTGRES_DB"], role),
	} {
		conn, err := pgx.Connect(t.Context(), server.URL("postgres"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		conn.Close(t.Context())
	}
	server.DemandPasswords(t)
	check := exec.Command(postgrestest.Program(t, database.HealthCheck.Test[1]), database.HealthCheck.Test[2:]...)
	check.Env = []string{"PGHOST=" + host, "PGPORT=" + port}
	if out, err := check.CombinedOutput(); err != nil || database.HealthCheck.Test[0] != "CMD" {
		t.Errorf("%v: %v\n%s", database.HealthCheck.Test, err, out)
	}

	s := builtImage(t)
	env := maps.Clone(s.env)
	for name, value := range service.Environment {
		env[name] = *value
	}
	address, err := url.Parse(env["DATABASE_URL"])
	if err != nil || address.Host != "postgres:5432" {
		t.Fatalf("DATABASE_URL=%s: %v", env["DATABASE_URL"], err)
	}
	address.Host = server.Host() // there is no network of the two services here
	env["DATABASE_URL"] = address.String()
	p, _ := s.serve(t, env)
	p.walk(t)
	if err := p.stop(t, syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v\n%s", err, p.log)
	}
}
