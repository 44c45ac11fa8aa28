import Audit
import Primitives
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

    @Test(arguments: [
        ("password", "（パスワード）"), ("oneTimeCode", "（認証アプリ）"), ("spareCodes", "（予備コード）"),
        ("givenCode", "（管理者が渡したコード）"), ("passkey", "（パスキー）"),
    ])
    func `of a credential it says which`(_ name: String, _ words: String) throws {
        let reason = try #require(AuditReason(name))
        for event in [AuditEvent.credentialAdded, .credentialReset, .credentialRemoved] {
            #expect(EventWords.means(event, reason) == words)
        }
        #expect(EventWords.means(.accountChanged, reason).isEmpty)
        #expect(EventWords.means(.credentialAdded, AuditReason("other")).isEmpty)
        #expect(EventWords.means(.credentialAdded, nil).isEmpty)
    }
}
