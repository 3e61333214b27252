package report

import "github.com/takehome-dev/takehome/internal/takehome"

// How much evidence the page shows. A page stays below about one megabyte, whatever
// a submission answered; report.json has all of it.
const (
	exchangesShown = 8       // pieces per check
	bodyShown      = 4 << 10 // bytes of a body where points were lost
	passBodyShown  = 1 << 10 // and elsewhere
	curlShown      = 2 << 10
	logShown       = 16 << 10
	headersShown   = 12
	diffsShown     = 5
	rowsShown      = 20
	cellsShown     = 12
	evidenceShown  = 512 << 10 // bytes of evidence on the whole page, as they are written
	pieceOverhead  = 900       // bytes of layout around one piece
)

// proofView is the evidence of one check.
type proofView struct {
	Key    *pieceView  // the piece that shows the loss; the others are folded up
	Others []pieceView // in the order of the run
	Hidden int         // pieces that are in report.json only
}

// purse is what is left of the page's room for evidence.
type purse struct {
	left     int
	evidence map[string][]takehome.Evidence
}

// proof shows the evidence of a check as far as the limits and the purse allow.
func (p *purse) proof(check string, pieces, body int) proofView {
	all := p.evidence[check]
	var view proofView
	key := keyOf(all)
	for i, piece := range choose(all, key, pieces) {
		if piece == nil {
			continue
		}
		shown, cost := newPiece(*piece, body)
		if cost > p.left {
			continue
		}
		p.left -= cost
		if i == key && view.Key == nil {
			view.Key = &shown
		} else {
			view.Others = append(view.Others, shown)
		}
	}
	view.Hidden = len(all) - len(view.Others)
	if view.Key != nil {
		view.Hidden--
	}
	return view
}

// keyOf finds the piece that tells most: the first one that is not as wanted, else the last one.
func keyOf(all []takehome.Evidence) int {
	for i, piece := range all {
		if telling(piece) {
			return i
		}
	}
	return len(all) - 1
}

func telling(piece takehome.Evidence) bool {
	switch {
	case piece.Exchange != nil:
		return piece.Exchange.Fault != "" || len(piece.Exchange.Differences) > 0
	case piece.Query != nil:
		return piece.Query.SQLState != ""
	}
	return false
}

// choose keeps at most limit pieces, each at its own index: the key, those that are
// not as wanted, then the first ones.
func choose(all []takehome.Evidence, key, limit int) []*takehome.Evidence {
	kept := make([]*takehome.Evidence, len(all))
	keep := func(i int) {
		if kept[i] == nil && limit > 0 {
			kept[i] = &all[i]
			limit--
		}
	}
	if key >= 0 {
		keep(key)
	}
	for i, piece := range all {
		if telling(piece) {
			keep(i)
		}
	}
	for i := range all {
		keep(i)
	}
	return kept
}
