package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// sqlPackages are those that talk to a database.
var sqlPackages = []string{module + "/adapters/sqlstore", module + "/adapters/postgres", module + "/adapters/sqlite"}

// TestSQLIsConstant follows every statement that is given to a database back to
// where it comes from: it must be put together from constants of the program
// alone, so that what a caller says travels as a parameter. Numbers may be
// written into it.
func TestSQLIsConstant(t *testing.T) {
	t.Parallel()
	bad, statements := checkSQL(t, nil)
	for _, place := range bad {
		t.Error(place)
	}
	if statements < 20 {
		t.Errorf("only %d calls of a database were found", statements)
	}
	t.Logf("%d calls of a database", statements)
}

// TestTheSQLRuleItself adds a file to package sqlstore, in memory only. A line
// that ends in BAD must be found, and no other.
func TestTheSQLRuleItself(t *testing.T) {
	t.Parallel()
	const source = `package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

type seeded struct{ order, limit string }

var seededTables = []string{"users", "resumes"}

func (s *Store) seed(ctx context.Context, db *sql.DB, email string, n int) {
	var dest int
	s.get(ctx, "seed", &dest, "SELECT id FROM users WHERE email = $1", email)
	s.get(ctx, "seed", &dest, "SELECT id FROM users WHERE email = '"+email+"'") // BAD
	db.QueryContext(ctx, fmt.Sprintf("SELECT id FROM users LIMIT %d", n))
	db.QueryContext(ctx, fmt.Sprintf("SELECT id FROM users WHERE email = '%s'", email)) // BAD
	query := "SELECT id FROM users"
	db.Exec(query)
	where := "SELECT id FROM users"
	where += " WHERE email = '" + email + "'" // BAD
	db.Exec(where)
	var built strings.Builder
	built.WriteString("SELECT id FROM users WHERE email = ")
	db.QueryRow(built.String())
	var mixed strings.Builder
	fmt.Fprintf(&mixed, "SELECT id FROM users WHERE email = '%s'", email)
	db.QueryRow(mixed.String()) // BAD
	sorted := seeded{order: " ORDER BY id"}
	db.Query("SELECT id FROM users" + sorted.order)
	sorted.limit = email // BAD
	db.Query("SELECT id FROM users" + sorted.limit)
	and := func(condition string) string { return " AND " + condition }
	db.Query("SELECT id FROM users WHERE true" + and("id = $1"))
	or := func(condition string) string { return " OR " + condition }
	db.Query("SELECT id FROM users WHERE true" + or(email)) // BAD
	for _, table := range seededTables {
		db.Exec("DELETE FROM " + table)
	}
	for _, table := range strings.Fields(email) { // BAD
		db.Exec("DELETE FROM " + table)
	}
	s.engine.Write.MustExec(email) // BAD
	db.Prepare(email) // BAD
	seedInner(db, "DELETE FROM users")
	seedOuter(db, email) // BAD
	run := db.Exec // BAD
	run(email)
	tx, _ := db.Begin()
	tx.Exec(query)
	tx.Exec(email) // BAD
	var any querier = s.engine.Write
	any.ExecContext(ctx, email) // BAD
}

func seedInner(db *sql.DB, statement string) { db.Exec(statement) }

func seedOuter(db *sql.DB, statement string) { db.Exec(statement) }
`
	file, err := filepath.Abs("../../adapters/sqlstore/seeded.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	n := 0
	for line := range strings.Lines(source) {
		if n++; strings.HasSuffix(line, "// BAD\n") {
			want = append(want, fmt.Sprintf("seeded.go:%d", n))
		}
	}
	bad, _ := checkSQL(t, map[string][]byte{file: []byte(source)})
	var got []string
	for _, place := range bad {
		got = append(got, strings.Split(place, ": ")[0])
	}
	if !slices.Equal(got, want) {
		t.Errorf("found are %q, want %q", bad, want)
	}
}

// sqlLibraries are what runs statements. Where a function of theirs, or a method
// of an interface of our own, has a parameter named query or sql, that is one.
var sqlLibraries = []string{"database/sql", "github.com/jmoiron/sqlx", "github.com/jackc/pgx", "modernc.org/sqlite"}

// sqlChecker knows what the program ever puts where.
type sqlChecker struct {
	infos   []*types.Info
	values  map[types.Object][]ast.Expr      // what a variable, parameter or field is given
	lists   map[types.Object][]ast.Expr      // what a variable of a loop goes over
	unknown map[types.Object]bool            // it may be given more than that
	returns map[any][]ast.Expr               // by the function's object, or its *ast.FuncLit
	calls   map[types.Object][]*ast.CallExpr // of methods of a variable
	uses    map[types.Object]int
	visited map[types.Object]bool
}

// checkSQL returns the places from which statements get what is not constant,
// and how many calls take a statement.
func checkSQL(t *testing.T, overlay map[string][]byte) (bad []string, statements int) {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports | packages.NeedTypes |
			packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedExportFile,
		Overlay: overlay,
	}, sqlPackages...)
	if err != nil || len(loaded) != len(sqlPackages) {
		t.Fatalf("%d packages: %v", len(loaded), err)
	}
	c := &sqlChecker{values: map[types.Object][]ast.Expr{}, lists: map[types.Object][]ast.Expr{}, unknown: map[types.Object]bool{},
		returns: map[any][]ast.Expr{}, calls: map[types.Object][]*ast.CallExpr{}, uses: map[types.Object]int{}, visited: map[types.Object]bool{}}
	var files []*ast.File
	for _, p := range loaded {
		for _, err := range p.Errors {
			t.Fatal(err)
		}
		c.infos = append(c.infos, p.TypesInfo)
		files = append(files, p.Syntax...)
	}
	called := map[*ast.Ident]bool{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool { c.noteAssignments(n); return true })
	}
	var given []ast.Expr
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				called[nameOf(call.Fun)] = true
				given = append(given, c.noteCall(call)...)
			}
			return true
		})
	}
	statements = len(given)
	var leaves []ast.Expr
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			name, ok := n.(*ast.Ident)
			if !ok || called[name] || c.use(name) == nil {
				return true
			}
			// A function that is not called here may be called anywhere.
			object := c.use(name)
			if _, isFunc := object.(*types.Func); isFunc && len(statementsOf(object)) > 0 {
				leaves = append(leaves, name)
			}
			for _, signature := range c.signatures(object) {
				for v := range signature.Params().Variables() {
					c.unknown[v] = true
				}
			}
			return true
		})
	}
	for _, statement := range given {
		leaves = append(leaves, c.foreign(statement)...)
	}
	for _, leaf := range leaves {
		place := loaded[0].Fset.Position(leaf.Pos())
		bad = append(bad, fmt.Sprintf("%s:%d: %s is no constant", filepath.Base(place.Filename), place.Line, types.ExprString(leaf)))
	}
	slices.SortFunc(bad, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a[:strings.Index(a, ": ")]), len(b[:strings.Index(b, ": ")])), cmp.Compare(a, b))
	})
	return slices.Compact(bad), statements
}

func (c *sqlChecker) noteAssignments(n ast.Node) {
	put := func(to, value ast.Expr) {
		object := c.object(to)
		if index, ok := to.(*ast.IndexExpr); ok {
			c.unknown[c.object(index.X)] = true
		} else if object != nil && value == nil {
			c.unknown[object] = true
		} else if object != nil {
			c.values[object] = append(c.values[object], value)
		}
	}
	switch n := n.(type) {
	case *ast.Ident:
		if object := c.use(n); object != nil {
			c.uses[object]++
		}
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			if len(n.Lhs) == len(n.Rhs) {
				put(to, n.Rhs[i])
			} else {
				put(to, nil)
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if len(n.Values) == len(n.Names) {
				put(name, n.Values[i])
			} else if len(n.Values) > 0 {
				put(name, nil)
			}
		}
	case *ast.RangeStmt:
		if n.Key != nil {
			put(n.Key, nil)
		}
		if object := c.object(n.Value); object != nil {
			c.lists[object] = append(c.lists[object], n.X)
		}
	case *ast.UnaryExpr:
		if basic, ok := c.typeOf(n.X).(*types.Basic); n.Op == token.AND && ok && basic.Kind() == types.String {
			put(n.X, nil)
		}
	case *ast.CompositeLit:
		structure, ok := c.typeOf(n).Underlying().(*types.Struct)
		if !ok {
			return
		}
		for i, element := range n.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				put(pair.Key, pair.Value)
			} else {
				field := structure.Field(i)
				c.values[field] = append(c.values[field], element)
			}
		}
	case *ast.FuncDecl:
		if object := c.object(n.Name); n.Body != nil {
			c.returns[object] = returned(n.Body)
			if n.Name.IsExported() { // it is called from elsewhere
				for v := range object.Type().(*types.Signature).Params().Variables() {
					c.unknown[v] = true
				}
			}
		}
	case *ast.FuncLit:
		c.returns[n] = returned(n.Body)
	}
}

// returned are the first results of a function's returns.
func returned(body *ast.BlockStmt) (results []ast.Expr) {
	ast.Inspect(body, func(n ast.Node) bool {
		if stmt, ok := n.(*ast.ReturnStmt); ok && len(stmt.Results) > 0 {
			results = append(results, stmt.Results[0])
		}
		_, inner := n.(*ast.FuncLit)
		return !inner
	})
	return results
}

// noteCall notes what the parameters of a function are given, and returns the
// arguments that are statements.
func (c *sqlChecker) noteCall(call *ast.CallExpr) (statements []ast.Expr) {
	if method, ok := call.Fun.(*ast.SelectorExpr); ok {
		if object := c.object(method.X); object != nil {
			c.calls[object] = append(c.calls[object], call)
		}
	}
	name := nameOf(call.Fun)
	if name == nil {
		return nil
	}
	object := c.use(name)
	for _, signature := range c.signatures(object) {
		for i, argument := range call.Args {
			if i < signature.Params().Len() {
				v := signature.Params().At(i)
				c.values[v] = append(c.values[v], argument)
			}
		}
	}
	for _, i := range statementsOf(object) {
		statements = append(statements, call.Args[i])
	}
	return statements
}

// statementsOf are the indexes of the parameters of a function that are
// statements.
func statementsOf(object types.Object) (indexes []int) {
	function, ok := object.(*types.Func)
	if !ok || function.Pkg() == nil {
		return nil
	}
	signature, path := function.Signature(), function.Pkg().Path()
	library := slices.ContainsFunc(sqlLibraries, func(library string) bool { return path == library || strings.HasPrefix(path, library+"/") })
	if !library && (signature.Recv() == nil || !types.IsInterface(signature.Recv().Type())) {
		return nil
	}
	for i := range signature.Params().Len() {
		if name := signature.Params().At(i).Name(); name == "query" || name == "sql" {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

// foreign returns the parts of an expression that are not built from constants
// of the program, wherever they come from.
func (c *sqlChecker) foreign(e ast.Expr) []ast.Expr {
	each := func(parts ...ast.Expr) (all []ast.Expr) {
		for _, part := range parts {
			all = append(all, c.foreign(part)...)
		}
		return all
	}
	for _, info := range c.infos {
		if info.Types[e].Value != nil {
			return nil
		}
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return each(e.X)
	case *ast.BinaryExpr:
		return each(e.X, e.Y)
	case *ast.CompositeLit:
		return each(e.Elts...)
	case *ast.Ident, *ast.SelectorExpr:
		object, _ := c.object(e).(*types.Var)
		if object == nil || c.unknown[object] || len(c.values[object])+len(c.lists[object]) == 0 {
			return []ast.Expr{e}
		}
		if c.visited[object] { // further up
			return nil
		}
		c.visited[object] = true
		defer delete(c.visited, object)
		return append(each(c.values[object]...), each(c.lists[object]...)...)
	case *ast.CallExpr:
		return c.foreignResult(e, each)
	}
	return []ast.Expr{e}
}

func (c *sqlChecker) foreignResult(call *ast.CallExpr, each func(...ast.Expr) []ast.Expr) []ast.Expr {
	name := nameOf(call.Fun)
	if name == nil {
		return []ast.Expr{call}
	}
	object := c.use(name)
	if function, ok := object.(*types.Func); ok {
		switch function.FullName() {
		case "strconv.Itoa":
			return nil
		case "strings.ReplaceAll":
			return each(call.Args...)
		case "fmt.Sprintf":
			return each(slices.DeleteFunc(slices.Clone(call.Args), func(e ast.Expr) bool {
				basic, ok := c.typeOf(e).Underlying().(*types.Basic)
				return ok && basic.Info()&types.IsInteger != 0
			})...)
		case "(*strings.Builder).String":
			builder := c.object(call.Fun.(*ast.SelectorExpr).X)
			var written []ast.Expr
			for _, call := range c.calls[builder] {
				switch nameOf(call.Fun).Name {
				case "WriteString":
					written = append(written, call.Args...)
				case "String":
				default:
					return []ast.Expr{call}
				}
			}
			if builder == nil || c.uses[builder] != len(c.calls[builder]) { // somebody else writes
				return []ast.Expr{call}
			}
			return each(written...)
		}
	}
	results := slices.Clone(c.returns[object])
	for _, value := range c.values[object] {
		results = append(results, c.returns[value]...)
	}
	if len(results) == 0 || c.unknown[object] {
		return []ast.Expr{call}
	}
	return each(results...)
}

// signatures are those of the functions of the program that a name stands for.
func (c *sqlChecker) signatures(object types.Object) (signatures []*types.Signature) {
	switch object := object.(type) {
	case *types.Func:
		signatures = append(signatures, object.Signature())
	case *types.Var:
		for _, value := range c.values[object] {
			if literal, ok := value.(*ast.FuncLit); ok {
				signatures = append(signatures, c.typeOf(literal).(*types.Signature))
			}
		}
	}
	return signatures
}

// nameOf is what a function is called by.
func nameOf(function ast.Expr) *ast.Ident {
	switch f := function.(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	}
	return nil
}

// object is the variable, field or function that an expression names.
func (c *sqlChecker) object(e ast.Expr) types.Object {
	if name := nameOf(e); name != nil {
		for _, info := range c.infos {
			if object := info.ObjectOf(name); object != nil {
				return object
			}
		}
	}
	return nil
}

func (c *sqlChecker) use(name *ast.Ident) types.Object {
	for _, info := range c.infos {
		if object := info.Uses[name]; object != nil {
			return object
		}
	}
	return nil
}

func (c *sqlChecker) typeOf(e ast.Expr) types.Type {
	for _, info := range c.infos {
		if t := info.TypeOf(e); t != nil {
			return t
		}
	}
	return types.Typ[types.Invalid]
}
