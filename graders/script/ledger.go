package script

import (
	"slices"
	"sync"
)

// Ledger keeps every exchange of a run, in order. Checks over all exchanges are
// computed from it at the end, without a single further request.
type Ledger struct {
	mutex     sync.Mutex
	exchanges []*Exchange
	check     string
	negative  bool
	again     bool
}

func (l *Ledger) add(exchange *Exchange) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	exchange.Seq = len(l.exchanges) + 1
	exchange.Check, exchange.Negative, exchange.Again = l.check, l.negative, l.again
	l.exchanges = append(l.exchanges, exchange)
}

// open says for which check the following exchanges are made, and whether it is run again.
func (l *Ledger) open(check string, negative, again bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.check, l.negative, l.again = check, negative, again
}

// All lists every exchange, those of binding too.
func (l *Ledger) All() []*Exchange { return l.since(0) }

// Len is the number of exchanges so far.
func (l *Ledger) Len() int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return len(l.exchanges)
}

// Checked lists the exchanges that were made for checks; what binding tried is not the
// candidate's interface and is left out, and so is what a second try repeated.
func (l *Ledger) Checked() []*Exchange {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.DeleteFunc(slices.Clone(l.exchanges), func(e *Exchange) bool { return e.Check == "" || e.Again })
}

// Of lists the exchanges of one check.
func (l *Ledger) Of(check string) []*Exchange {
	return slices.DeleteFunc(l.Checked(), func(e *Exchange) bool { return e.Check != check })
}

// since lists the exchanges after the first n.
func (l *Ledger) since(n int) []*Exchange {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.Clone(l.exchanges[n:])
}
