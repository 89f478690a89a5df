package store

// kinds gives an empty head of each kind to decode into. What is not listed here
// cannot be written or read.
var kinds = map[Kind]func() Head{
	KindReleased:    func() Head { return new(Released) },
	KindSubmitted:   func() Head { return new(Submitted) },
	KindReader:      func() Head { return new(Reader) },
	KindDigest:      func() Head { return new(Digest) },
	KindStatistics:  func() Head { return new(Statistics) },
	KindErased:      func() Head { return new(Erased) },
	KindAsked:       func() Head { return new(Asked) },
	KindAnswered:    func() Head { return new(Answered) },
	KindQueued:      func() Head { return new(Queued) },
	KindDecided:     func() Head { return new(Decided) },
	KindPublished:   func() Head { return new(Published) },
	KindAutomation:  func() Head { return new(Automation) },
	KindAccess:      func() Head { return new(Access) },
	KindSigned:      func() Head { return new(Signed) },
	KindDocument:    func() Head { return new(Document) },
	KindTalk:        func() Head { return new(Talk) },
	KindTalkHandled: func() Head { return new(TalkHandled) },
	KindStaff:       func() Head { return new(Staff) },
	KindRegisters:   func() Head { return new(Registers) },
	KindMessage:     func() Head { return new(Message) },
	KindLetter:      func() Head { return new(Letter) },
	KindAppealed:    func() Head { return new(Appealed) },

	KindAppealClosed:       func() Head { return new(AppealClosed) },
	KindCompletionAsked:    func() Head { return new(CompletionAsked) },
	KindCompletionReceived: func() Head { return new(CompletionReceived) },
	KindOverride:           func() Head { return new(Override) },
	KindAcknowledged:       func() Head { return new(Acknowledged) },
	KindCalculated:         func() Head { return new(Calculated) },
	KindBounds:             func() Head { return new(Bounds) },
	KindProtection:         func() Head { return new(Protection) },
	KindOpened:             func() Head { return new(Opened) },
}
