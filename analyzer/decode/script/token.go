package script

// words reads an identifier, a keyword or a number.
func (s *scanner) words() {
	start := s.at
	for s.at < len(s.data) && wordByte[s.data[s.at]] {
		s.at++
	}
	word := s.data[start:s.at]
	member := start > 0 && s.data[start-1] == '.'
	was := s.state
	s.value()
	s.word = word
	if member || len(word) > len("instanceof") || word[0] < 'a' {
		return
	}
	switch string(word) { // no allocation
	case "return", "typeof", "instanceof", "in", "new", "delete", "void", "throw", "case",
		"yield", "await", "extends":
		s.state = operand
	case "else", "do", "try", "finally", "default", "export":
		s.state = statement
	case "function", "class":
		s.function, s.leaves = true, operator
		if was == statement {
			s.leaves = statement
		}
	}
}

// push opens a bracket.
func (s *scanner) push(b bracket) error {
	if len(s.open) >= maxDepth {
		return s.fail(s.at, "brackets nested more than %d deep", maxDepth)
	}
	s.open = append(s.open, b)
	return nil
}

// questions returns the counter of the innermost place.
func (s *scanner) questions() *uint8 {
	if n := len(s.open); n > 0 {
		return &s.open[n-1].asked
	}
	return &s.asked
}

// punctuation reads what is neither word nor literal.
func (s *scanner) punctuation(c byte) error {
	s.at++
	next := byte(0)
	if s.at < len(s.data) {
		next = s.data[s.at]
	}
	switch c {
	case '(', '[', '{':
		return s.opening(c)
	case ')', ']', '}':
		return s.closing(c)
	case '.':
		s.word = nil
		return nil
	}
	s.word, s.arrow = nil, c == '=' && next == '>'
	switch {
	case c == ';':
		s.state, s.function = statement, false
	case c == ':':
		s.colon()
	case c == '?':
		s.question(next)
	case (c == '+' || c == '-') && next == c:
		s.at++ // an operand before it stays one
	default:
		s.state = operand
		if s.arrow {
			s.at++
		}
	}
	return nil
}

// question reads a conditional operator, or another that begins alike.
func (s *scanner) question(next byte) {
	s.state = operand
	digit := s.at+1 < len(s.data) && s.data[s.at+1] >= '0' && s.data[s.at+1] <= '9'
	if next == '?' || next == '.' && !digit {
		s.at++
		if next == '.' {
			s.at-- // the point makes a member of the next word
		}
		return
	}
	if q := s.questions(); *q < 255 {
		*q++
	}
}

// colon ends a condition, a key, a case or a label; the last two begin a statement.
func (s *scanner) colon() {
	s.state = operand
	if q := s.questions(); *q > 0 {
		*q--
		return
	}
	if n := len(s.open); n == 0 || s.open[n-1].kind == block {
		s.state = statement
	}
}

// opening reads an open bracket and says what its end leaves behind.
func (s *scanner) opening(c byte) error {
	b := bracket{kind: square, after: operator}
	inside := operand
	switch {
	case c == '(':
		b.kind = paren
		b.function, b.leaves = s.function, s.leaves
		s.function = false
		switch string(s.word) {
		case "if", "while", "for", "with":
			b.after = statement
		}
	case c == '{' && (s.arrow || s.state != operand):
		b.kind, b.after, inside = block, statement, statement
		if s.function {
			b.after = s.leaves
		}
		s.function = false
	case c == '{':
		b.kind = object
	}
	s.state, s.word, s.arrow = inside, nil, false
	return s.push(b)
}

// closing reads the end of a bracket.
func (s *scanner) closing(c byte) error {
	n := len(s.open)
	if n == 0 {
		return s.fail(s.at-1, "%q closes nothing", c)
	}
	b := s.open[n-1]
	fits := c == '}'
	switch b.kind {
	case paren:
		fits = c == ')'
	case square:
		fits = c == ']'
	}
	if !fits {
		return s.fail(s.at-1, "%q closes another bracket", c)
	}
	s.open = s.open[:n-1]
	s.word, s.arrow = nil, false
	if b.kind == inTemplate {
		return s.template()
	}
	s.state = b.after
	if b.function {
		s.function, s.leaves = true, b.leaves
	}
	return nil
}
