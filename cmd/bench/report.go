package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"text/template"

	"github.com/go-analyze/charts"
)

// results are all that was ever measured; what was not is nil.
type results struct {
	Create *created
	Growth *grown
}

func readResults(docs string) (all results, err error) {
	data, err := os.ReadFile(resultsFile(docs))
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	return all, errors.Join(err, json.Unmarshal(data, &all))
}

//go:embed performance.md.tmpl
var reportText string

// write keeps the figures, and makes the document and its plots of them.
func (r results) write(docs string) error {
	if err := os.MkdirAll(filepath.Dir(resultsFile(docs)), 0o755); err != nil {
		return err
	}
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(resultsFile(docs), append(data, '\n'), 0o644); err != nil {
		return err
	}
	if r.Create != nil {
		if err := r.Create.plot(filepath.Dir(resultsFile(docs))); err != nil {
			return err
		}
	}
	report, err := template.New("").Parse(reportText)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := report.Execute(&text, r); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(docs, "performance.md"), text.Bytes(), 0o644)
}

// at returns the pairs of one number of connections.
func at(all []pair, connections int) (found []pair) {
	for _, p := range all {
		if p.Connections == connections {
			found = append(found, p)
		}
	}
	return found
}

// connectionsOf returns the numbers of connections that were measured.
func connectionsOf(all []pair) (numbers []int) {
	for _, p := range all {
		numbers = append(numbers, p.Connections)
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

func alone(f func(measured) float64) func(pair) float64 {
	return func(p pair) float64 { return f(p.Alone) }
}
func ofService(f func(measured) float64) func(pair) float64 {
	return func(p pair) float64 { return f(p.Service) }
}
func ratio(f func(measured) float64) func(pair) float64 {
	return func(p pair) float64 { return f(p.Service) / f(p.Alone) }
}

func rate(m measured) float64     { return m.Rate }
func p50(m measured) float64      { return m.P50 }
func p99(m measured) float64      { return m.P99 }
func cpu(m measured) float64      { return m.ServerCPU + m.DatabaseCPU }
func resident(m measured) float64 { return m.Resident }
func first(m measured) float64    { return m.FirstCreate }
func missing(m measured) float64  { return float64(m.Lost + m.Refused) }

// Row is a line of a table of medians.
type Row struct {
	Connections    int
	Alone, Service measured
	// Of each round the service's by that alone, and of these the median.
	Rate, P99, CPU float64
}

// Rows are the medians of the rounds.
func (c *created) Rows(all []pair) (rows []Row) {
	for _, n := range connectionsOf(all) {
		pairs := at(all, n)
		medians := func(of func(func(measured) float64) func(pair) float64) measured {
			return measured{Connections: n, Rate: median(pairs, of(rate)), P50: median(pairs, of(p50)), P99: median(pairs, of(p99)),
				ServerCPU:   median(pairs, of(func(m measured) float64 { return m.ServerCPU })),
				DatabaseCPU: median(pairs, of(func(m measured) float64 { return m.DatabaseCPU })),
				Resident:    median(pairs, of(resident)), FirstCreate: median(pairs, of(first))}
		}
		row := Row{Connections: n, Alone: medians(alone), Service: medians(ofService),
			Rate: median(pairs, ratio(rate)), P99: median(pairs, ratio(p99)), CPU: median(pairs, ratio(cpu))}
		for _, p := range pairs { // not a median: none may be
			row.Service.Lost += p.Service.Lost
			row.Service.Refused += p.Service.Refused
		}
		rows = append(rows, row)
	}
	return rows
}

// Target is a promise, and what was measured of it.
type Target struct {
	What, Limit string
	Measured    float64
	Met         string
}

func newTarget(what string, measured float64, atLeast bool, limit float64, unit string) Target {
	t := Target{What: what, Measured: measured, Limit: "≤ " + strconv.FormatFloat(limit, 'g', -1, 64) + unit, Met: "no"}
	if atLeast {
		t.Limit = "≥ " + strconv.FormatFloat(limit, 'g', -1, 64) + unit
	}
	switch {
	case math.IsNaN(measured) || math.IsInf(measured, 0):
		t.Met = "not measured"
	case atLeast && measured >= limit, !atLeast && measured <= limit:
		t.Met = "yes"
	}
	return t
}

// Targets are the promises about creates.
func (c *created) Targets() []Target {
	pg, lite := func(n int) []pair { return at(c.PostgreSQL, n) }, func(n int) []pair { return at(c.SQLite, n) }
	all := []Target{
		newTarget("PostgreSQL, 16 connections: creates/s of pgbench's (goal 0.60)", median(pg(16), ratio(rate)), true, 0.53, ""),
		newTarget("PostgreSQL, 64 connections: creates/s of pgbench's (goal 0.60)", median(pg(64), ratio(rate)), true, 0.53, ""),
		newTarget("PostgreSQL, 16 connections: CPU a create, service and database, of the database's under pgbench", median(pg(16), ratio(cpu)), false, 1.8, ""),
		newTarget("PostgreSQL, 64 connections: p99 of pgbench's", median(pg(64), ratio(p99)), false, 1.6, ""),
		newTarget("256 connections: creates/s of those at 64", median(pg(256), ofService(rate))/median(pg(64), ofService(rate)), true, 0.9, ""),
		newTarget("SQLite, 16 connections: creates/s of bare durable inserts", median(lite(16), ratio(rate)), true, 0.4, ""),
		newTarget("SQLite, 64 connections: refused or lost", sum(lite(64), ofService(missing)), false, 0, ""),
		newTarget("PostgreSQL, all runs: refused or lost", sum(c.PostgreSQL, ofService(missing)), false, 0, ""),
		newTarget("start of the process to its first 201, on a migrated PostgreSQL", median(c.PostgreSQL, ofService(first)), false, 150, " ms"),
		newTarget("PostgreSQL, 64 connections: the most memory held", median(pg(64), ofService(resident)), false, 40, " MB"),
		newTarget("binary, stripped", c.Binary, false, 30, " MB"),
	}
	return all
}

// sum returns that of what f makes of each, of none no number.
func sum[T any](all []T, f func(T) float64) (total float64) {
	if len(all) == 0 {
		return math.NaN()
	}
	for _, x := range all {
		total += f(x)
	}
	return total
}

// CPU is the median of a state's rounds.
func (s state) CPU() float64 { return s.cpu() }

// Of is the CPU of a create of what it is on the empty table.
func (g *grown) Of(s state) float64 { return s.cpu() / g.States[0].cpu() }

// Targets are the promises about growth.
func (g *grown) Targets() []Target {
	few, many := g.Pages[0], g.Pages[1]
	return []Target{
		newTarget(fmt.Sprintf("%d own sessions: CPU a create of the empty table's", g.Own), g.Of(g.States[1]), false, 1.05, ""),
		newTarget(fmt.Sprintf("%d sessions of others: CPU a create of the empty table's", g.Others), g.Of(g.States[2]), false, 1.15, ""),
		newTarget(fmt.Sprintf("a page of %d of %d own: time of that of %d", page, g.Listed, page), many.P50/few.P50, false, 1.2, ""),
		newTarget(fmt.Sprintf("a page of %d of %d own: buffers more than of %d", page, g.Listed, page), many.Buffers-few.Buffers, false, 3, ""),
		newTarget("statements a create, those of the worker and of the start included", g.States[2].Statements, false, 2.1, ""),
	}
}

// plot draws the medians by the number of connections.
func (c *created) plot(dir string) error {
	rows := c.Rows(c.PostgreSQL)
	labels := make([]string, len(rows))
	for i, row := range rows {
		labels[i] = strconv.Itoa(row.Connections)
	}
	for _, p := range []struct {
		file, title string
		of          func(measured) float64
	}{
		{"rate.svg", "Creates a second, by connections", rate},
		{"p99.svg", "99th percentile of latency, ms, by connections", p99},
		{"cpu.svg", "CPU a create, ms, by connections", cpu},
	} {
		values := make([][]float64, 2)
		for _, row := range rows {
			values[0], values[1] = append(values[0], p.of(row.Alone)), append(values[1], p.of(row.Service))
		}
		painter, err := charts.LineRender(values, charts.SVGOutputOptionFunc(), charts.TitleTextOptionFunc(p.title),
			charts.XAxisLabelsOptionFunc(labels), charts.LegendLabelsOptionFunc([]string{"pgbench", "service"}),
			func(o *charts.ChartOption) {
				o.Legend.Offset = charts.OffsetRight
				o.YAxis = []charts.YAxisOption{{Min: new(float64)}}
			})
		if err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
		svg, err := painter.Bytes()
		if err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
		if err := os.WriteFile(filepath.Join(dir, p.file), svg, 0o644); err != nil {
			return err
		}
	}
	return nil
}
