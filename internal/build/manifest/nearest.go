package manifest

import "strings"

// nearest finds the word that was probably meant: the one with the smallest edit
// distance, if that is at most a third of its length.
func nearest(word string, known []string) string {
	word = strings.ToLower(strings.ReplaceAll(word, "-", "_"))
	best, bestDistance := "", len(word)
	for _, each := range known {
		if distance := editDistance(word, each); distance < bestDistance && distance <= max(1, len(each)/3) {
			best, bestDistance = each, distance
		}
	}
	return best
}

// editDistance counts the insertions, deletions, replacements and swaps of neighbours
// between two words (optimal string alignment).
func editDistance(a, b string) int {
	const longest = 64
	if len(a) > longest {
		return len(a)
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
