import Directory
import Primitives
import Testing

@testable import Gateway
@testable import renkei

/// Lines about keys: for how long, what stops, whom to call.
@Suite struct KeyWordsTests {
    private let words = Words(language: .japanese)

    @Test func `a key says what it is for, how long it lasts and what stops without it`() {
        var key: JSON = [
            "usage": "signing", "condition": "overdue", "daysLeft": 20,
            "notAfter": "2026-12-12T03:00:00.000Z", "renewsAt": "2026-11-20T03:00:00.000Z",
        ]
        #expect(
            words.key(key)
                == "署名の鍵  更新遅れ  残り20日  期限 2026-12-12 12:00:00 JST  "
                + "自動更新 2026-11-20 12:00:00 JST  切れると送信が止まる"
        )
        key = [
            "usage": "encryption", "condition": "changing", "daysLeft": 90,
            "notAfter": "2027-02-20T03:00:00.000Z", "renewsAt": "2026-11-20T03:00:00.000Z",
            "nextFrom": "2026-11-23T03:00:00.000Z",
        ]
        #expect(
            words.key(key)
                == "受信の鍵  交替中  残り90日  期限 2027-02-20 12:00:00 JST  "
                + "2026-11-23 12:00:00 JST から新しい鍵  切れると新しい文書が届かない"
        )
    }

    @Test(arguments: KeyReport.State.allCases)
    func `every state of the keys has its own sentence in both languages`(
        state: KeyReport.State
    ) {
        for language in [Language.japanese, .english] {
            let words = Words(language: language)
            let said = words.keyState(state.rawValue)
            let others = KeyReport.State.allCases.filter { $0 != state }
            #expect(!others.map { words.keyState($0.rawValue) }.contains(said))
        }
    }

    @Test func `what a revoked key signed is told with its reader and what was decided`() {
        let unread: JSON = [
            "messageId": "01a1", "state": "delivered", "sheetType": "careLiaison",
            "fromName": "架空記念病院", "acceptedAt": "2026-11-20T03:00:00.000Z",
        ]
        #expect(
            words.affected(unread)
                == "01a1  到着  医療・介護連携シート  架空記念病院  2026-11-20 12:00:00 JST  未開封  要確認"
        )
        let decided: JSON = [
            "messageId": "01a1", "state": "opened", "sheetType": "careLiaison",
            "fromName": "架空記念病院", "acceptedAt": "2026-11-20T03:00:00.000Z",
            "openedAt": "2026-11-20T03:10:00.000Z", "openedBy": "潮見 薫", "openedRole": "msw",
            "decision": "enquired",
        ]
        let line = words.affected(decided)
        #expect(line.hasSuffix("潮見 薫 (医療ソーシャルワーカー) 2026-11-20 12:10:00 JST  送り主に照会済"))
    }

    @Test func `an operator sees whom to call, and which certificate stands`() throws {
        let now = try #require(Timestamp("2026-11-22T00:00:00.000Z"))
        let member: JSON = [
            "memberId": "m1", "type": "hospital", "status": "active", "joined": true,
            "daysLeft": 12, "telephone": "06-0000-1001", "name": "架空記念病院",
            "connection": "gateway",
            "certificates": [
                [
                    "role": "memberSigning", "sha256": "aa", "revoked": true,
                    "notAfter": "2026-12-12T03:00:00.000Z",
                ],
                [
                    "role": "memberEncryption", "sha256": "bb", "revoked": false,
                    "notAfter": "2026-11-12T03:00:00.000Z",
                ],
            ],
        ]
        #expect(
            words.enrolled(member, now: now) == [
                "m1  病院  利用中  はい  残り12日  06-0000-1001  架空記念病院",
                "  署名の鍵  失効  期限 2026-12-12 12:00:00 JST  SHA-256 aa",
                "  受信の鍵  期限切れ  期限 2026-11-12 12:00:00 JST  SHA-256 bb",
            ]
        )
    }

    @Test func `new keys are marked wherever their member or its mail is listed`() {
        let member: JSON = ["memberId": "m1", "name": "架空記念病院", "keyChanged": true]
        #expect(words.member(member).contains("鍵が新しくなりました（要確認）"))
        #expect(words.shown(member).contains { $0.contains("directory fingerprint") })
        let held: JSON = ["messageId": "01a1", "reason": "senderKeyChanged"]
        #expect(words.arrived(held).contains("差出人の鍵が新しくなりました（要確認）"))
        let other: JSON = ["messageId": "01a1", "reason": "listStale"]
        #expect(!words.arrived(other).contains("鍵が新しく"))
    }

    @Test func `who cannot be reached is told with telephone and fax`() {
        let reach = GatewayError.Reach(
            name: "幻町医院",
            telephone: TelephoneNumber("06-0000-3001"),
            fax: TelephoneNumber("06-0000-3002")
        )
        let error = GatewayError.recipientUnreachable(.paperOnlyRecipient, reach)
        #expect(error.code == "paperOnlyRecipient")
        #expect(
            ErrorDetails.lines(of: error) == ["幻町医院  TEL 06-0000-3001  FAX 06-0000-3002"]
        )
    }
}
