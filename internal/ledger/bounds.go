package ledger

// The bounds of what the log holds and of what is read from outside.
const (
	maxBodyDepth = 32
	maxBody      = 256 << 10 // bytes of a body
	maxSubject   = 300       // bytes
	maxInteger   = 1<<53 - 1 // what every JSON reader holds exactly; also of places and sizes
	saltSize     = 32        // bytes
	maxProof     = 1 << 20   // bytes of a proof document
	maxPath      = 64        // hashes on a path; a tree of 2^53 needs fewer
	maxKeyFile   = 64 << 10  // bytes
	maxKeys      = 100       // in one file
	maxKeyName   = 200       // bytes
)
