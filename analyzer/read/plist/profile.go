package plist

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/codesign"
	"github.com/listgate/listgate/analyzer/decode/plist"
)

// readProfile reads a provisioning profile: a property list signed by CMS.
func readProfile(in analyzer.Input, emit func(analyzer.Record)) error {
	message, err := codesign.OpenMessage(in.Data, in.Budget)
	if err != nil {
		return err
	}
	list, err := plist.Decode(message.Content, in.Budget)
	if err != nil {
		return err
	}
	where := analyzer.Where{Entry: in.Entry.Name()}
	p := profileOf(list.Root)
	p.Where = where
	switch err := message.Verify(message.Content); {
	case err == nil:
		p.Verified = true
	case errors.Is(err, codesign.ErrUnsupported):
		emit(analyzer.Gap{Reason: analyzer.GapNotVerified, Where: where, Detail: err.Error()})
	default:
		emit(analyzer.Anomaly{Code: analyzer.SignatureInvalid, Where: where, What: err.Error()})
	}
	emit(p)
	return nil
}

// profileOf reads the keys of a profile.
func profileOf(root map[string]any) analyzer.Profile {
	p := analyzer.Profile{
		Name: text(root["Name"]), UUID: text(root["UUID"]),
		TeamName: text(root["TeamName"]), Platforms: texts(root["Platform"], maxListed),
		Created: date(root["CreationDate"]), Expires: date(root["ExpirationDate"]),
	}
	if teams := texts(root["TeamIdentifier"], 1); len(teams) > 0 {
		p.Team = teams[0]
	}
	if prefixes := texts(root["ApplicationIdentifierPrefix"], 1); len(prefixes) > 0 {
		p.Prefix = prefixes[0]
	}
	rights, _ := root["Entitlements"].(map[string]any)
	p.AppID = text(rights["application-identifier"])
	for _, key := range sorted(rights) {
		if len(p.Entitlements) < maxDeclared {
			p.Entitlements = append(p.Entitlements, text(key))
		}
	}
	devices, named := root["ProvisionedDevices"].([]any)
	p.Devices = len(devices)
	all, _ := root["ProvisionsAllDevices"].(bool)
	debug, _ := rights["get-task-allow"].(bool)
	p.Type = profileType(all, named, debug)
	certificates, _ := root["DeveloperCertificates"].([]any)
	for _, c := range certificates {
		if der, ok := c.([]byte); ok && len(p.Certificates) < maxListed {
			sum := sha256.Sum256(der)
			p.Certificates = append(p.Certificates, hex.EncodeToString(sum[:]))
		}
	}
	return p
}

// profileType tells the types by what each allows.
func profileType(all, named, debug bool) analyzer.ProfileType {
	switch {
	case all:
		return analyzer.EnterpriseProfile
	case debug:
		return analyzer.DevelopmentProfile
	case named:
		return analyzer.AdHocProfile
	}
	return analyzer.StoreProfile
}

func date(v any) string {
	t, ok := v.(time.Time)
	if !ok {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
