import Audit
import Testing

@testable import Pages

/// An auditor reads words, not the names of events.
struct EventWordsTests {
    @Test func `everything that an office records has words`() {
        for event in AuditEvent.allCases
        where AuditCatalogue.rule(event, in: .access) != nil {
            #expect(EventWords.text(event) != event.rawValue, "\(event)")
        }
    }
}
