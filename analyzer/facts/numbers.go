package facts

import "github.com/listgate/listgate/analyzer"

func keepNumbers(string, marks, func(analyzer.StringKind, string)) {}
