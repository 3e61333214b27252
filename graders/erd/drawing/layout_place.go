package drawing

// place gives every item its coordinates: layers side by side, and within a layer each item
// as close to the middle of its neighbours as order and gaps allow.
func (l *layout) place() {
	x := 0
	for _, layer := range l.layers {
		width := 0
		for _, i := range layer {
			width = max(width, l.items[i].width)
		}
		y := 0
		for _, i := range layer {
			each := &l.items[i]
			each.x, each.y = x, y
			if each.box < 0 {
				each.width = width
			}
			y += each.height + gapOf(*each)
		}
		x += width + layerGap
	}
	for round := range alignments {
		for step := range l.layers {
			at := step
			if round%2 == 1 {
				at = len(l.layers) - 1 - step
			}
			l.align(at)
		}
	}
	top := 0
	for i, each := range l.items {
		if i == 0 || each.y < top {
			top = each.y
		}
	}
	for i := range l.items {
		l.items[i].y -= top
	}
}

func gapOf(i item) int {
	if i.box < 0 {
		return passGap
	}
	return boxGap
}

// align moves the items of a layer towards their neighbours. It is the least-squares answer
// that keeps order and gaps: items that would collide move as one block, with the mean of
// their wishes (pool adjacent violators).
func (l *layout) align(at int) {
	type block struct{ sum, count, first, last int }
	var blocks []block
	layer := l.layers[at]
	offsets := make([]int, len(layer))
	for k, i := range layer {
		if k > 0 {
			before := l.items[layer[k-1]]
			offsets[k] = offsets[k-1] + before.height + gapOf(before)
		}
		blocks = append(blocks, block{l.wish(i) - offsets[k], 1, k, k})
		for len(blocks) > 1 {
			a, b := blocks[len(blocks)-2], blocks[len(blocks)-1]
			if a.sum*b.count <= b.sum*a.count {
				break
			}
			blocks = append(blocks[:len(blocks)-2], block{a.sum + b.sum, a.count + b.count, a.first, b.last})
		}
	}
	for _, each := range blocks {
		mean := each.sum / each.count
		if each.sum < 0 && each.sum%each.count != 0 {
			mean-- // always downwards, so that two blocks never overlap by a pixel
		}
		for k := each.first; k <= each.last; k++ {
			l.items[layer[k]].y = mean + offsets[k]
		}
	}
}

// wish is where an item would like its top to be.
func (l *layout) wish(i int) int {
	each := l.items[i]
	sum, count := 0, 0
	for _, near := range [][]int{each.left, each.right} {
		for _, n := range near {
			sum += l.items[n].y + l.items[n].height/2
			count++
		}
	}
	if count == 0 {
		return each.y
	}
	return sum/count - each.height/2
}
