//go:build !linux

package doctor

// synced can't be asked here.
func synced() (synced, known bool) { return false, false }
