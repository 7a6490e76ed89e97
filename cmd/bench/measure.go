package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"github.com/prometheus/procfs"
)

// sample is one create that a load has made.
type sample struct {
	ended time.Time
	took  time.Duration
}

// measured is what one load does to what it is sent to. Latencies and CPU are
// in milliseconds, the latter per create; memory is in MB (10^6 bytes).
type measured struct {
	Connections int
	Rate        float64 // creates a second
	P50, P99    float64
	// ServerCPU is of the service, DatabaseCPU of all of PostgreSQL's processes.
	// What makes the load is in neither.
	ServerCPU, DatabaseCPU float64
	Resident               float64 // the most that the service has held
	FirstCreate            float64 // milliseconds from the start of the process to its first 201
	Refused                int     // other answers than 201
	Lost                   int     // acknowledged and not there, or there and not acknowledged
}

// A window is the part of a load that is looked at.
type window struct{ warm, length time.Duration }

// of returns the window of a load of so many connections. Each makes PostgreSQL
// fill the caches of one more process first.
func (w window) of(connections int) window {
	return window{w.warm + time.Duration(connections)*20*time.Millisecond, w.length}
}

// A loader creates for a time, and says when that has begun.
type loader func(length time.Duration, begun func()) ([]sample, error)

// look runs a load for a little longer than the window, and returns what
// happened in it, and how much was created in all. A process id of 0 is
// nobody's.
func look(w window, service, postgres int, load loader) (m measured, all int, err error) {
	type outcome struct {
		samples []sample
		err     error
	}
	begun, done := make(chan struct{}), make(chan outcome, 1)
	go func() {
		samples, err := load(w.warm+w.length+time.Second, func() { close(begun) })
		done <- outcome{samples, err}
	}()
	select {
	case <-begun:
	case result := <-done:
		return m, 0, result.err
	}
	time.Sleep(w.warm)
	var cpu [2][2]float64
	var at [2]time.Time
	for i := range at {
		at[i] = time.Now()
		server, serverErr := cpuOf(service)
		database, databaseErr := cpuOf(postgres)
		if err := errors.Join(serverErr, databaseErr); err != nil {
			return m, 0, err
		}
		cpu[i] = [2]float64{server, database}
		if i == 0 {
			time.Sleep(w.length)
		}
	}
	result := <-done
	if result.err != nil {
		return m, 0, result.err
	}
	var took []time.Duration
	lasted := false
	for _, s := range result.samples {
		lasted = lasted || s.ended.After(at[1])
		if s.ended.After(at[0]) && !s.ended.After(at[1]) {
			took = append(took, s.took)
		}
	}
	if len(took) == 0 || !lasted {
		return m, 0, errors.New("the window has nothing in it, or lasted longer than the load")
	}
	slices.Sort(took)
	n := float64(len(took))
	m.Rate = n / at[1].Sub(at[0]).Seconds()
	m.P50, m.P99 = milliseconds(took[len(took)/2]), milliseconds(took[len(took)*99/100])
	m.ServerCPU, m.DatabaseCPU = 1000*(cpu[1][0]-cpu[0][0])/n, 1000*(cpu[1][1]-cpu[0][1])/n
	return m, len(result.samples), nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// cpuOf returns the seconds that a process, its children and those that it has
// waited for have been given. A child that ends in between moves from one of
// these to another, so that nothing is lost.
func cpuOf(pid int) (float64, error) {
	if pid == 0 {
		return 0, nil
	}
	processes, err := procfs.AllProcs()
	if err != nil {
		return 0, err
	}
	var ticks float64
	for _, process := range processes {
		stat, err := process.Stat()
		if errors.Is(err, os.ErrNotExist) || err == nil && stat.PID != pid && stat.PPID != pid {
			continue // it has ended, or is somebody else's
		}
		if err != nil {
			return 0, fmt.Errorf("accounts of process %d: %w", process.PID, err)
		}
		ticks += float64(stat.UTime) + float64(stat.STime) + float64(stat.CUTime) + float64(stat.CSTime)
	}
	return ticks / 100, nil // USER_HZ, which is 100 wherever Linux runs on what we build for
}

// residentOf returns the most memory that a process has held, in MB.
func residentOf(pid int) (float64, error) {
	process, err := procfs.NewProc(pid)
	if err != nil {
		return 0, err
	}
	status, err := process.NewStatus()
	return float64(status.VmHWM) / 1e6, err
}

// median returns that of what f makes of each, of none no number.
func median[T any](all []T, f func(T) float64) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	values := make([]float64, len(all))
	for i, x := range all {
		values[i] = f(x)
	}
	slices.Sort(values)
	return (values[len(values)/2] + values[(len(values)-1)/2]) / 2
}
