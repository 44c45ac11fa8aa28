import Gateway
import Primitives
import Testing

@testable import renkei

/// What people read in place of codes, and files that are named by others.
@Suite struct WordsTests {
    private let words = Words(
        language: .japanese,
        names: ["mmfj5uar6cfqz3qioz2us4voxom": "架空記念病院"]
    )

    @Test func `of several organisations one must be named`() throws {
        let members = ["mmfj5uar6cfqz3qioz2us4voxom", "maaaaaaaaaaaaaaaaaaaaaaaaaa"]
            .compactMap(MemberID.init)
        #expect(members.count == 2)
        let known = Dictionary(uniqueKeysWithValues: zip(members, 1...))
        #expect(try GatewayHouse.choose(members[0].text, among: known) == 1)
        #expect(try GatewayHouse.choose(nil, among: [members[1]: 2]) == 2)
        let several = #expect(throws: SeveralOrganisations.self) {
            _ = try GatewayHouse.choose(nil, among: known)
        }
        #expect(several?.members == members.sorted())
        let words = try Saying(RelayedError(RelayedError(#require(several)).json), .japanese)
        #expect("\(words)".contains("--org"))
        for name in ["mzzzzzzzzzzzzzzzzzzzzzzzzzz", "../x", ""] {
            #expect(throws: GatewayError.self) {
                _ = try GatewayHouse.choose(name, among: known)
            }
        }
        #expect(throws: GatewayError.self) {
            _ = try GatewayHouse.choose(nil, among: [MemberID: Int]())
        }
    }

    @Test func `lists show labels, names and the time in Japan`() {
        let sent: JSON = [
            "messageId": "01a1", "state": "delivered", "urgency": "urgent",
            "sheetType": "admissionInfo", "createdAt": "2026-11-21T15:08:22.533Z",
            "copies": [["to": "mmfj5uar6cfqz3qioz2us4voxom"]],
        ]
        #expect(
            words.sent(sent)
                == "01a1  到着  至急  入院時情報提供書  2026-11-22 00:08:22 JST  "
                + "架空記念病院 (mmfj5uar6cfqz3qioz2us4voxom)"
        )
        let receipt: JSON = [
            "type": "opened", "issuer": "xgpoc4nofyzsvdgposnyva7kojm", "proved": false,
            "storedAt": "2026-11-21T15:08:22.533Z", "by": "潮見 薫", "role": "msw",
            "sha256": "00ff",
        ]
        #expect(
            words.receipt(receipt)
                == "開封  交換所 (xgpoc4nofyzsvdgposnyva7kojm)  2026-11-22 00:08:22 JST  証明はまだ  "
                + "潮見 薫  医療ソーシャルワーカー  SHA-256 00ff"
        )
        var emergency = receipt.object ?? JSONObject()
        emergency["emergency"] = true
        #expect(words.receipt(.object(emergency)).hasPrefix("開封（緊急閲覧）  交換所"))
        #expect(words.copy(["state": "opened", "emergency": true]).hasPrefix("開封（緊急閲覧）  "))
        let earlier: JSON = [
            "messageId": "01a1", "at": "2026-11-21T15:08:22.533Z", "paper": true,
        ]
        let repeated = words.repeated(earlier, by: "01a2").text(.japanese)
        #expect(repeated.contains("2026-11-22 00:08:22 JST に紙で送っています（01a1）"))
        #expect(repeated.contains("withdraw 01a2"))
        let member: JSON = [
            "memberId": "m1", "type": "hospital", "connection": "paper", "canReceive": false,
            "name": "架空記念病院",
        ]
        #expect(words.member(member) == "m1  病院  紙のみ  いいえ  架空記念病院")
        let own: JSON = [
            "memberId": "m1", "type": "hospital", "status": "active", "name": "架空記念病院",
            "telephone": "06-0000-3001",
        ]
        #expect(words.organisation(own) == "m1  病院  利用中  06-0000-3001  架空記念病院")
        #expect(words.memberHeading.ja.hasPrefix("会員番号  種類  つながり方  受信できるか  名称"))
        #expect(words.registeredHeading.ja.hasPrefix("会員番号  種類  状態  参加済み"))
        var suspended = member.object ?? JSONObject()
        suspended["status"] = "suspended"
        suspended["officeNumbers"] = ["9910100115"]
        #expect(words.member(.object(suspended)).hasSuffix("架空記念病院  9910100115  停止中"))
    }

    @Test func `in English codes stand for themselves`() {
        let words = Words(language: .english)
        #expect(words.label(.sheetType, "admissionInfo") == "admissionInfo")
        #expect(words.urgency("urgent") == "urgent")
        #expect(words.label(.profession, nil) == "-")
    }

    @Test func `every list of labels can be read`() {
        for list in Words.List.allCases { #expect(!Words.labels(list).isEmpty, "\(list)") }
    }

    @Test(arguments: [
        (["写し.pdf", "写し.pdf"], ["写し.pdf", "写し-2.pdf"]),
        (["../../etc/passwd", "a\\b.jpg"], ["passwd", "b.jpg"]),
        ([".ssh", "", "/", "-rf"], ["ssh", "attachment", "attachment-3", "rf"]),
        (["sheet.json", "a\u{1B}[2J\u{202E}fdp.exe"], ["sheet-1.json", "a[2Jfdp.exe"]),
        (["b.pdf", "b-3.pdf", "b.pdf"], ["b.pdf", "b-3.pdf", "attachment-3.pdf"]),
    ])
    func `attachments keep their names, made safe`(_ names: [String], _ files: [String]) {
        #expect(SafeName.unique(names, apartFrom: ["sheet.json"]) == files)
    }

    @Test func `a long name keeps its ending and is short enough for a disk`() {
        let long = String(repeating: "長", count: 300) + ".pdf"
        let name = SafeName.unique([long], apartFrom: [])[0]
        #expect(name.hasSuffix("長.pdf"))
        #expect(name.utf8.count <= 200)
    }
}
