package review

import "slices"

// Role is what someone may do. Accounts carry roles as text.
type Role string

// The roles. A pipeline is a program: the store's own steps, or whoever holds an
// API token; it decides nothing against an application.
const (
	RoleDeveloper Role = "developer"
	RoleReviewer  Role = "reviewer"
	RoleSenior    Role = "senior"  // also the second person
	RoleAuditor   Role = "auditor" // reads
	RoleAdmin     Role = "admin"   // accounts and settings, no decisions
	RolePipeline  Role = "pipeline"
)

// Roles lists all roles.
func Roles() []Role {
	return []Role{
		RoleDeveloper, RoleReviewer, RoleSenior, RoleAuditor, RoleAdmin, RolePipeline,
	}
}

// Actor is who does something: an account, or a program under its own id.
type Actor struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role Role   `json:"role"`
}

// Known reports an actor with an id and one of the roles.
func (a Actor) Known() bool { return a.ID != "" && slices.Contains(Roles(), a.Role) }

// Same reports whether both are one account; a second role does not make a second
// person.
func (a Actor) Same(b Actor) bool { return a.ID != "" && a.ID == b.ID }
