package drawing

import (
	"cmp"
	"slices"
)

// The drawing is laid out in layers, as Sugiyama, Tagawa and Toda (1981) do: referenced
// tables stand left of those that refer to them, long lines pass through the layers between,
// and the order within a layer is the one with few crossings. Everything is whole pixels, so
// that the same model gives the same bytes on every machine.
const (
	boxGap     = 30  // between two boxes of a layer
	passGap    = 14  // around a line that passes through a layer
	layerGap   = 110 // between two layers, for the lines
	sweeps     = 16  // of ordering
	alignments = 8   // of moving boxes towards their neighbours
)

// item is a box, or the place where a long line passes through a layer.
type item struct {
	box           int // index of the entity; -1: a line passes
	layer         int
	x, y          int // of the upper left corner
	width, height int
	left, right   []int // items of the neighbouring layers that it is joined with
}

// layout is where everything stands.
type layout struct {
	items  []item
	layers [][]int // items from top to bottom
	routes []route // one for each relation between two boxes
}

// route is the way of a relation from its left end to its right end.
type route struct {
	relation int
	items    []int
	reversed bool // the referenced table is on the right
}

// lay places boxes of the given sizes.
func lay(boxes []size, relations [][2]int) layout {
	l := layout{}
	for i, box := range boxes {
		l.items = append(l.items, item{box: i, width: box.width, height: box.height})
	}
	l.rank(boxes, relations)
	l.connect(relations)
	l.order()
	l.place()
	return l
}

type size struct{ width, height int }

// rank gives every box its layer: right of what it refers to, where there is room.
func (l *layout) rank(boxes []size, relations [][2]int) {
	parents := make([][]int, len(boxes))
	for _, relation := range acyclic(len(boxes), relations) {
		parents[relation[0]] = append(parents[relation[0]], relation[1])
	}
	area := 0
	for _, box := range boxes {
		area += (box.height + boxGap) * (box.width + layerGap)
	}
	room := max(900, 9*root(area)/10)
	heights := map[int]int{}
	placed := make([]bool, len(boxes))
	for range boxes {
		for i, box := range boxes {
			ready := !placed[i] && !slices.ContainsFunc(parents[i], func(p int) bool { return !placed[p] })
			if !ready {
				continue
			}
			at := 0
			for _, parent := range parents[i] {
				at = max(at, l.items[parent].layer+1)
			}
			for heights[at] > 0 && heights[at]+box.height > room {
				at++
			}
			heights[at] += box.height + boxGap
			l.items[i].layer, placed[i] = at, true
		}
	}
	l.tighten(relations, heights, room)
}

// tighten moves boxes that refer to nothing close to those that refer to them.
func (l *layout) tighten(relations [][2]int, heights map[int]int, room int) {
	for i := range l.items {
		nearest, refers := -1, false
		for _, relation := range relations {
			if relation[1] == i && relation[0] != i && (nearest < 0 || l.items[relation[0]].layer < nearest) {
				nearest = l.items[relation[0]].layer
			}
			refers = refers || relation[0] == i && relation[1] != i
		}
		at, height := l.items[i].layer, l.items[i].height
		if refers || nearest-1 <= at || heights[nearest-1]+height > room {
			continue
		}
		heights[at] -= height + boxGap
		heights[nearest-1] += height + boxGap
		l.items[i].layer = nearest - 1
	}
}

// acyclic leaves out the relations that would close a circle.
func acyclic(count int, relations [][2]int) [][2]int {
	targets := make([][]int, count)
	for i, relation := range relations {
		if relation[0] != relation[1] {
			targets[relation[0]] = append(targets[relation[0]], i)
		}
	}
	state := make([]int, count) // 1: on the way here, 2: done
	var kept [][2]int
	var visit func(int)
	visit = func(at int) {
		state[at] = 1
		for _, i := range targets[at] {
			next := relations[i][1]
			if state[next] == 1 {
				continue
			}
			kept = append(kept, relations[i])
			if state[next] == 0 {
				visit(next)
			}
		}
		state[at] = 2
	}
	for i := range count {
		if state[i] == 0 {
			visit(i)
		}
	}
	return kept
}

// connect makes the routes, and an item in every layer that a line passes.
func (l *layout) connect(relations [][2]int) {
	for i, relation := range relations {
		from, to := relation[0], relation[1]
		if from == to {
			continue
		}
		way := route{relation: i, reversed: l.items[to].layer > l.items[from].layer}
		left, right := to, from
		if way.reversed {
			left, right = from, to
		}
		way.items = []int{left}
		for layer := l.items[left].layer + 1; layer < l.items[right].layer; layer++ {
			l.items = append(l.items, item{box: -1, layer: layer, height: passGap})
			way.items = append(way.items, len(l.items)-1)
		}
		way.items = append(way.items, right)
		for k := 1; k < len(way.items); k++ {
			a, b := way.items[k-1], way.items[k]
			l.items[a].right = append(l.items[a].right, b)
			l.items[b].left = append(l.items[b].left, a)
		}
		l.routes = append(l.routes, way)
	}
	last := 0
	for _, each := range l.items {
		last = max(last, each.layer)
	}
	l.layers = make([][]int, last+1)
	for i, each := range l.items {
		l.layers[each.layer] = append(l.layers[each.layer], i)
	}
	l.layers = slices.DeleteFunc(l.layers, func(layer []int) bool { return len(layer) == 0 })
	for at, layer := range l.layers {
		for _, i := range layer {
			l.items[i].layer = at
		}
	}
}

// order sorts every layer by where the neighbours stand, to and fro, and keeps the best.
func (l *layout) order() {
	best, fewest := clone(l.layers), l.crossings()
	for sweep := range sweeps {
		if sweep%2 == 0 {
			for at := 1; at < len(l.layers); at++ {
				l.sort(at, func(i item) []int { return i.left })
			}
		} else {
			for at := len(l.layers) - 2; at >= 0; at-- {
				l.sort(at, func(i item) []int { return i.right })
			}
		}
		if now := l.crossings(); now < fewest {
			best, fewest = clone(l.layers), now
		}
	}
	l.layers = best
}

func clone(layers [][]int) [][]int {
	var copied [][]int
	for _, layer := range layers {
		copied = append(copied, slices.Clone(layer))
	}
	return copied
}

func (l *layout) sort(at int, neighbours func(item) []int) {
	position := l.positions()
	weight := map[int]int{}
	for place, i := range l.layers[at] {
		weight[i] = 1000 * place
		if near := neighbours(l.items[i]); len(near) > 0 {
			sum := 0
			for _, n := range near {
				sum += 1000 * position[n] * len(l.layers[at]) / max(1, len(l.layers[l.items[n].layer]))
			}
			weight[i] = sum / len(near)
		}
	}
	slices.SortStableFunc(l.layers[at], func(a, b int) int { return cmp.Compare(weight[a], weight[b]) })
}

func (l *layout) positions() []int {
	position := make([]int, len(l.items))
	for _, layer := range l.layers {
		for place, i := range layer {
			position[i] = place
		}
	}
	return position
}

// maxSegments is up to how many lines between two layers crossings are counted.
const maxSegments = 400

// crossings counts how often lines between neighbouring layers cross.
func (l *layout) crossings() int {
	position := l.positions()
	count := 0
	for _, layer := range l.layers {
		var segments [][2]int
		for _, i := range layer {
			for _, to := range l.items[i].right {
				segments = append(segments, [2]int{position[i], position[to]})
			}
		}
		segments = segments[:min(len(segments), maxSegments)]
		for i, a := range segments {
			for _, b := range segments[i+1:] {
				if (a[0]-b[0])*(a[1]-b[1]) < 0 {
					count++
				}
			}
		}
	}
	return count
}

// root is the whole square root.
func root(n int) int {
	low, high := 0, 1<<20
	for low < high {
		middle := (low + high + 1) / 2
		if middle*middle <= n {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}
