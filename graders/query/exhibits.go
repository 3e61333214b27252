package query

// exhibit adds what is worth looking at.
func (r *grading) exhibit() {}
