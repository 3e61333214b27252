package mapping

import (
	"cmp"
	"math"
	"slices"
)

// The weights of the joint choice, in thousandths.
const (
	absent         = 620 // a role without a table
	orderToUser    = 500
	lineToOrder    = 600
	lineToProduct  = 600
	productToGroup = 400
	lineAlone      = -400
	secondHop      = 850 // what two hops keep
	considered     = 7   // tables for each role
	certainty      = 450 // the lead over the next best choice that makes 63 per cent
)

const nobody = -1 // a candidate: the role has no table

// solution is the best joint choice for the core.
type solution struct {
	tables     []int // by role, in the order of Core: index of a shape, or nobody
	confidence []int // per cent
	score      int
}

// solver holds what the joint choice weighs.
type solver struct {
	shapes     []shape
	ways       [][]int // how well a table leads to another within two hops, in thousandths
	through    [][]int // the table between them, or nobody
	grouped    [][]int // how well two tables are joined, as product and category are
	candidates [][]int // by role
	unary      []map[int]scored
}

// newSolver scores every table in every role. Pinned roles have one candidate only.
func newSolver(shapes []shape, pinned map[Role]int) *solver {
	s := &solver{shapes: shapes}
	s.ways, s.through, s.grouped = s.distances()
	for _, role := range Core() {
		points := map[int]scored{}
		for i := range shapes {
			points[i] = shapes[i].score(role)
		}
		s.unary = append(s.unary, points)
		if at, is := pinned[role]; is {
			s.candidates = append(s.candidates, []int{at})
			continue
		}
		order := make([]int, len(shapes))
		for i := range order {
			order[i] = i
		}
		order = slices.DeleteFunc(order, func(i int) bool { return points[i].points < leastSaid(role) })
		// The schema's own order, which is that of names, breaks ties.
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(points[b].points, points[a].points) })
		if role == OrderLine || role == Product {
			order = s.withConnected(order)
		}
		s.candidates = append(s.candidates, append(order[:min(len(order), considered)], nobody))
	}
	return s
}

// leastSaid is what names and columns of a table must say for a role before references
// count: a table of which nothing looks like an order is none for referring to a user.
func leastSaid(role Role) int {
	switch role {
	case OrderLine: // references alone can tell a line
		return 0
	case Category:
		return 150
	default:
		return 200
	}
}

// withConnected puts tables that refer to nothing and to which nothing refers last.
func (s *solver) withConnected(order []int) []int {
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.alone(a), s.alone(b)) })
	return order
}

func (s *solver) alone(at int) int {
	for other := range s.shapes {
		if other != at && (s.ways[at][other] > 0 || s.ways[other][at] > 0) {
			return 0
		}
	}
	return 1
}

// distances computes how well tables lead to each other.
func (s *solver) distances() (ways, through, grouped [][]int) {
	n := len(s.shapes)
	index := map[string]int{}
	for i := range s.shapes {
		index[s.shapes[i].table.SQL()] = i
	}
	direct, ways, through, grouped := matrix(n), matrix(n), matrix(n), matrix(n)
	for i := range s.shapes {
		for _, e := range s.shapes[i].edges {
			if j, ok := index[e.target.SQL()]; ok && i != j {
				direct[i][j] = max(direct[i][j], e.weight())
			}
		}
	}
	for i := range n {
		for j := range n {
			ways[i][j], through[i][j] = direct[i][j], nobody
			for via := range n {
				if way := direct[i][via] * direct[via][j] / 1000 * secondHop / 1000; way > ways[i][j] && via != i && via != j && i != j {
					ways[i][j], through[i][j] = way, via
				}
			}
		}
	}
	for i := range n {
		for j := range n {
			grouped[i][j] = max(direct[i][j], direct[j][i]/3)
			for link := range n {
				if link != i && link != j && i != j && s.shapes[link].facts.link {
					grouped[i][j] = max(grouped[i][j], min(direct[link][i], direct[link][j]))
				}
			}
		}
	}
	return ways, through, grouped
}

func matrix(n int) [][]int {
	made := make([][]int, n)
	for i := range made {
		made[i] = make([]int, n)
	}
	return made
}

// solve tries every joint choice of candidates.
func (s *solver) solve() solution {
	best := solution{score: math.MinInt}
	// without[role][table] is the best score with that table in that role.
	with := make([]map[int]int, len(Core()))
	for i := range with {
		with[i] = map[int]int{}
	}
	chosen := make([]int, len(Core()))
	var choose func(role, points int)
	choose = func(role, points int) {
		if role == len(chosen) {
			points += s.joined(chosen)
			for i, table := range chosen {
				if before, seen := with[i][table]; !seen || points > before {
					with[i][table] = points
				}
			}
			if points > best.score {
				best.score, best.tables = points, slices.Clone(chosen)
			}
			return
		}
		for _, table := range s.candidates[role] {
			if table != nobody && slices.Contains(chosen[:role], table) {
				continue
			}
			chosen[role] = table
			worth := absent
			if table != nobody {
				worth = s.unary[role][table].points
			}
			choose(role+1, points+worth)
		}
	}
	choose(0, 0)
	for role := range chosen {
		next := math.MinInt
		for table, points := range with[role] {
			if table != best.tables[role] {
				next = max(next, points)
			}
		}
		best.confidence = append(best.confidence, confidence(best.score, next))
	}
	return best
}

// confidence is how sure a choice is by its lead over the next best, per cent.
func confidence(best, next int) int {
	if next == math.MinInt {
		return 100
	}
	return int(math.Round(100 * (1 - math.Exp(-float64(best-next)/certainty))))
}

// joined is what the references between chosen tables say.
func (s *solver) joined(chosen []int) int {
	user, product, category, order, line := chosen[0], chosen[1], chosen[2], chosen[3], chosen[4]
	points := 0
	if order != nobody && user != nobody {
		points += orderToUser * s.ways[order][user] / 1000
	}
	if line != nobody && (order == nobody || s.ways[line][order] == 0) {
		points += lineAlone
	}
	if line != nobody && order != nobody {
		points += lineToOrder * s.ways[line][order] / 1000
	}
	// What only the order says of products, a line does not say.
	if line != nobody && product != nobody && (order == nobody || s.through[line][product] != order) {
		points += lineToProduct * s.ways[line][product] / 1000
	}
	if product != nobody && category != nobody {
		points += productToGroup * s.grouped[product][category] / 1000
	}
	return points
}
