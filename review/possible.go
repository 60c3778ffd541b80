package review

// Possible lists the acts that the state tables allow the role, for a form to offer:
// on the application, and for a listing, a question or a refusal on the release of
// the case. A listing is possible too where only a cure is.
func Possible(app AppState, release ReleaseState, role Role) []Act {
	var out []Act
	for _, act := range Acts() {
		_, err := app.After(act.Event(), role)
		if err != nil && act.Measure == MeasureList {
			_, err = app.After(EventCure, role)
		}
		switch act.Measure {
		case MeasureList, MeasureAsk, MeasureRefuse:
			if err == nil {
				_, err = release.After(act.Event(), role)
			}
		case MeasureReinstate:
			if release == ReleaseSubmitted {
				continue // the submission is listed as a cure instead
			}
		}
		if err == nil {
			out = append(out, act)
		}
	}
	return out
}
