package restapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
)

// collectionProbes look at long lists, pages, filters and orders. What the API neither
// documents nor does is not asked of it.
func (r *grading) collectionProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"long_list":  {Labels: []string{"answers", "fails", "slow"}, Observe: r.probeLongList},
		"page_size":  {Labels: []string{"honoured", "ignored", "none"}, Observe: r.probePageSize},
		"page_cap":   {Labels: []string{"capped", "all", "fails", "unclear", "none"}, Observe: r.probePageCap},
		"page_next":  {Labels: []string{"pointed", "nowhere", "unclear", "none"}, Observe: r.probePageNext},
		"page_walk":  {Labels: []string{"once", "repeats", "misses", "fails", "nowhere", "unclear", "none"}, Observe: r.probePageWalk},
		"filter":     {Labels: []string{"filters", "ignored", "unclear", "none"}, Observe: r.probeFilter},
		"sort":       {Labels: []string{"sorts", "ignored", "unclear", "none"}, Observe: r.probeSort},
		"same_order": {Labels: []string{"same", "changes"}, Observe: r.probeSameOrder},
	}
}

// list asks for the collection with a query of the check's own.
func (r *grading) list(ctx context.Context, at *script.Probing, query string) (*script.Exchange, error) {
	path := r.binding.Path(script.List)
	if query != "" {
		joint := "?"
		if strings.Contains(path, "?") {
			joint = "&"
		}
		path += joint + query
	}
	return at.Client.Do(ctx, script.Request{Method: http.MethodGet, Path: path, Header: http.Header{}, NoBody: true, Name: script.List})
}

func (r *grading) probeLongList(ctx context.Context, at *script.Probing) (script.Observation, error) {
	_, ok, err := r.gather(ctx, at, crowdBySQL)
	if err != nil || !ok {
		return script.Observation{Missing: script.Create}, err
	}
	reply, err := r.list(ctx, at, "")
	if err != nil {
		return script.Observation{}, err
	}
	_, isList := r.binding.Items(reply)
	switch {
	case reply.Fault == script.Hang || reply.Fault == script.BodyTimeout:
		return seen("slow", "a list of many todos "+reply.Describe()), nil
	case reply.Success() && isList, reply.Truncated && reply.Status == http.StatusOK:
		return seen("answers", "a list of many todos is answered"), nil
	default:
		return seen("fails", "with many todos, "+reply.Describe()), nil
	}
}

// someSize is a page size that nobody has as a default.
const someSize = 7

// sizes lists the parameters that may set the size of a page, those of the documents first.
func (r *grading) sizes() (names []string, advertised int) {
	for _, name := range append(slices.Clone(sizeNames), "first", "count", "pagesize", "maxResults") {
		if r.binding.clues.advertises(name) {
			names = append(names, name)
		}
	}
	advertised = len(names)
	if declared := r.binding.declared; declared != nil && declared.Paging.Size != "" {
		names, advertised = append([]string{declared.Paging.Size}, names...), advertised+1
	}
	if r.binding.paging.size != "" {
		names = append(names, r.binding.paging.size)
	}
	return distinct(names), advertised
}

func (r *grading) probePageSize(ctx context.Context, at *script.Probing) (script.Observation, error) {
	name, advertised, err := r.pageSize(ctx, at)
	switch {
	case err != nil:
		return script.Observation{}, err
	case name != "":
		return seen("honoured", "the page has the size that was asked for"), nil
	case advertised:
		return seen("ignored", "the page size that the documentation names changes nothing"), nil
	default:
		return seen("none", "no page size is documented"), nil
	}
}

// pageSize finds the parameter that is honoured, if there is one.
func (r *grading) pageSize(ctx context.Context, at *script.Probing) (name string, advertised bool, err error) {
	if _, ok, err := r.gather(ctx, at, crowdBySQL); err != nil || !ok {
		return "", false, err
	}
	names, documented := r.sizes()
	answered := false
	for number, name := range names {
		reply, err := r.list(ctx, at, name+"="+strconv.Itoa(someSize))
		if err != nil {
			return "", false, err
		}
		items, ok := r.binding.Items(reply)
		if reply.Success() && ok && len(items) == someSize {
			return name, documented > 0, nil
		}
		answered = answered || number < documented && reply.Success() && ok && len(items) > someSize
	}
	return "", answered, nil
}

func (r *grading) probePageCap(ctx context.Context, at *script.Probing) (script.Observation, error) {
	name, _, err := r.pageSize(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	if name == "" {
		return seen("none", "no page size is known"), nil
	}
	reply, err := r.list(ctx, at, name+"=1000000")
	if err != nil {
		return script.Observation{}, err
	}
	items, _ := r.binding.Items(reply)
	switch {
	case !reply.Answered() && !reply.Truncated, reply.Status >= 500:
		return seen("fails", "a page of a million: "+reply.Describe()), nil
	case reply.Status >= 400:
		return seen("capped", "a page of a million is refused"), nil
	case !reply.Truncated && len(items) < r.crowd.size:
		return seen("capped", "a page of a million is cut to less"), nil
	case !r.crowd.bySQL:
		return seen("unclear", "there were too few todos to see a limit"), nil
	default:
		return seen("all", "a page of a million is given whole"), nil
	}
}

// pages reports whether the list comes in pages, and its first page.
func (r *grading) pages(ctx context.Context, at *script.Probing) (first *script.Exchange, paged bool, err error) {
	made, ok, err := r.gather(ctx, at, crowdBySQL)
	if err != nil || !ok {
		return nil, false, err
	}
	query := ""
	if r.binding.paging.size != "" {
		query = r.binding.paging.size + "=" + strconv.Itoa(pageSize)
	}
	first, err = r.list(ctx, at, query)
	if err != nil || !first.Success() {
		return first, false, err
	}
	items, ok := r.binding.Items(first)
	return first, ok && len(items) > 0 && len(items) < made.size, nil
}

func (r *grading) probePageNext(ctx context.Context, at *script.Probing) (script.Observation, error) {
	first, paged, err := r.pages(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	if !paged {
		return seen("none", "the list comes whole"), nil
	}
	if _, ok := r.nextPage(first, first); ok {
		return seen("pointed", "a client can tell how to go on"), nil
	}
	if r.binding.clues.speaksOfPages() {
		return seen("unclear", "the documentation speaks of pages in words that takehome does not know"), nil
	}
	return seen("nowhere", "the list is cut, and nothing tells how to go on"), nil
}

// nextPage is the request for the page after this one. Where a client has to count for
// itself, the size of the first page tells the arithmetic.
func (r *grading) nextPage(first, reply *script.Exchange) (script.Request, bool) {
	items, ok := r.binding.Items(reply)
	if !ok || len(items) == 0 {
		return script.Request{}, false
	}
	bound := r.arithmetic()
	if _, byLink := r.binding.explicitNext(reply); byLink || bound.offset == "" && bound.page == "" {
		return r.binding.NextPage(reply)
	}
	whole, _ := r.binding.Items(first)
	if len(items) < len(whole) {
		return script.Request{}, false
	}
	base, err := url.Parse(reply.Request.Path)
	if err != nil {
		return script.Request{}, false
	}
	query := base.Query()
	if bound.offset != "" {
		offset, _ := strconv.Atoi(query.Get(bound.offset)) // absent is 0
		query.Set(bound.offset, strconv.Itoa(offset+len(items)))
	} else {
		page, err := strconv.Atoi(query.Get(bound.page))
		if err != nil {
			page = bound.base
		}
		query.Set(bound.page, strconv.Itoa(page+1))
	}
	base.RawQuery = query.Encode()
	return script.Request{Method: http.MethodGet, Path: base.String(), Header: http.Header{}, NoBody: true, Name: script.List}, true
}

// arithmetic is what a client can count with: the parameters that binding saw at work, or
// those that the documents speak of.
func (r *grading) arithmetic() paging {
	bound := r.binding.paging
	if bound.offset != "" || bound.page != "" {
		return bound
	}
	bound.base = 1
	for _, name := range slices.Backward(offsetNames) {
		if r.binding.clues.advertises(name) {
			bound.offset = name
		}
	}
	for _, name := range slices.Backward(pageNames) {
		if r.binding.clues.advertises(name) {
			bound.page = name
		}
	}
	return bound
}

// maxWalk bounds the walk through all pages.
const maxWalk = 60

// probePageWalk collects every page. After the first one the rows on it are written anew,
// without any change: pages of a list that has an order do not notice.
func (r *grading) probePageWalk(ctx context.Context, at *script.Probing) (script.Observation, error) {
	reply, paged, err := r.pages(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	if !paged {
		return seen("none", "the list comes whole"), nil
	}
	first, more := reply, true
	listed, texts := map[string]bool{}, map[string]bool{}
	for page := 0; more; page++ {
		items, ok := r.binding.Items(reply)
		if !reply.Success() || !ok {
			return seen("fails", "a page of the list: "+reply.Describe()), nil
		}
		var here []string
		for _, item := range items {
			if listed[item.ID] && item.ID != "" {
				return seen("repeats", "a todo is on two pages"), nil
			}
			listed[item.ID] = true
			text, _ := item.Fields[r.resource.main().Meaning].(string)
			if strings.HasPrefix(text, r.crowd.prefix) {
				texts[text], here = true, append(here, text)
			}
		}
		if page == 0 {
			if err := r.stir(ctx, at.Lab, here); err != nil {
				return script.Observation{}, err
			}
		}
		var next script.Request
		next, more = r.nextPage(first, reply)
		if !more && page == 0 {
			return seen("nowhere", "no way leads from the first page to the next"), nil
		}
		if page == maxWalk {
			return seen("unclear", "the pages could not be walked to their end"), nil
		}
		if !more {
			break
		}
		if reply, err = at.Client.Do(ctx, next); err != nil {
			return script.Observation{}, err
		}
		if items, ok := r.binding.Items(reply); reply.Success() && ok && len(items) == 0 {
			break
		}
	}
	if len(texts) < r.crowd.size {
		return seen("misses", "a todo is on no page"), nil
	}
	return seen("once", "every todo is on exactly one page"), nil
}

// probeSameOrder reads the list five times.
func (r *grading) probeSameOrder(ctx context.Context, at *script.Probing) (script.Observation, error) {
	var before []string
	for round := range 5 {
		reply, err := r.list(ctx, at, "")
		if err != nil {
			return script.Observation{}, err
		}
		items, _ := r.binding.Items(reply)
		var ids []string
		for _, item := range items {
			ids = append(ids, item.ID)
		}
		if round > 0 && !slices.Equal(ids, before) {
			return seen("changes", "the list is in another order each time"), nil
		}
		before = ids
	}
	return seen("same", "the list is in the same order each time"), nil
}
