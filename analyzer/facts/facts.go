// Package facts is the stored form of what was read from a package: which strings
// are kept, the versioned codec, and its digest. A stored document is enough to
// run any rule again with the package gone.
package facts
