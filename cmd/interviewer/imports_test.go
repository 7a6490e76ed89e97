package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ai-interviewer/ai-interviewer"

// mayImport says what each layer may import of this module, tests included.
// What stands below a layer's folder belongs to the layer.
var mayImport = []struct {
	layer string
	may   []string
}{
	{"domain", nil},
	{"ports/mocks", []string{"domain", "ports"}},
	{"ports/storetest", []string{"domain", "ports"}},
	{"ports", []string{"domain"}},
	{"app", []string{"domain", "ports"}},
}

// TestImportsPointInward asks the go command what every package imports.
func TestImportsPointInward(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := 0
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; packages++ {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if !allowed(from, imported) {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
		for _, imported := range p.Imports {
			if slices.Contains([]string{"domain", "ports", "app"}, from) && !isPure(imported) {
				t.Errorf("%s imports %s, a tool of the world", p.ImportPath, imported)
			}
		}
	}
	if packages < 10 {
		t.Errorf("only %d packages were looked at", packages)
	}
}

// isPure reports whether the core may import a package that is not ours.
func isPure(imported string) bool {
	for _, world := range []string{"database", "net/http", "os", "syscall", "log"} {
		if imported == world || strings.HasPrefix(imported, world+"/") {
			return false
		}
	}
	standard := !strings.Contains(strings.Split(imported, "/")[0], ".")
	return standard || imported == "github.com/google/uuid" || strings.HasPrefix(imported, module+"/")
}

func allowed(from, imported string) bool {
	to, ours := strings.CutPrefix(imported, module+"/")
	if !ours {
		standard := !strings.Contains(strings.Split(imported, "/")[0], ".")
		return from != "domain" || standard || imported == "github.com/google/uuid" || imported == module
	}
	within := func(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }
	for _, rule := range mayImport {
		if within(from, rule.layer) {
			return within(to, rule.layer) || slices.ContainsFunc(rule.may, func(layer string) bool { return within(to, layer) })
		}
	}
	if adapter, ok := strings.CutPrefix(from, "adapters/"); ok && within(to, "adapters") {
		own := "adapters/" + strings.Split(adapter, "/")[0]
		return within(to, own) || within(to, "adapters/sqlstore")
	}
	return within(from, "cmd") || !within(to, "cmd")
}

func TestTheImportRuleItself(t *testing.T) {
	for _, test := range []struct {
		from, to string
		want     bool
	}{
		{"domain", "strings", true},
		{"domain", "github.com/google/uuid", true},
		{"domain", "github.com/jmoiron/sqlx", false},
		{"domain", module + "/ports", false},
		{"ports", module + "/domain", true},
		{"ports", module + "/app", false},
		{"app", module + "/ports", true},
		{"app", module + "/ports/mocks", true},
		{"app", module + "/adapters/memory", false},
		{"ports/storetest", module + "/adapters/memory", false},
		{"adapters/postgres", module + "/adapters/sqlstore", true},
		{"adapters/postgres", module + "/adapters/postgres/postgrestest", true},
		{"adapters/postgres", module + "/adapters/sqlite", false},
		{"adapters/httpapi", module + "/app", true},
		{"adapters/httpapi", module + "/adapters/jwt", false},
		{"adapters/httpapi", module + "/cmd/interviewer", false},
		{"cmd/interviewer", module + "/adapters/sqlite", true},
	} {
		if got := allowed(test.from, test.to); got != test.want {
			t.Errorf("%s imports %s: %v, want %v", test.from, test.to, got, test.want)
		}
	}
}
