import Primitives
import Staff
import Storage
import Testing

@testable import renkei

/// What is said of accounts and sign-in, in Japanese.
@Suite struct StaffWordsTests {
    private let words = Words(language: .japanese)

    @Test(arguments: [
        (StaffRefusal.waiting(.milliseconds(14_001)), "あと 15 秒"),
        (.passwordTooShort(atLeast: 13), "13 文字以上"),
        (.rightMissing(.send), "「送信者」か「窓口責任者」の役割"),
        (.rightMissing(.manageStaff), "「管理者」の役割"),
        (.book(StoreError.full), "ディスクの空き"),
        (.notAuthenticated, "認証に失敗しました。"),
    ])
    func `a refusal says what to do next`(_ refusal: StaffRefusal, _ part: String) {
        let saying = Saying(refusal, .japanese)
        #expect((saying.summary + saying.advice).contains(part))
        #expect(saying.detail == nil)
        #expect(Saying(refusal, .english).summary == refusal.summary)
    }

    @Test func `an account is one line with what is to be known`() {
        let json: JSON = [
            "user": "sato", "status": "active", "name": "佐藤 花子", "profession": "nurse",
            "roles": ["sender", "deskLead"], "desks": ["liaison", "main"],
            "hasSecondFactor": false, "codeUntil": "2026-11-22T02:03:04.567Z", "sessions": 2,
            "reviewDue": true,
        ]
        #expect(
            words.user(json)
                == "sato  在職  佐藤 花子  看護師  送信者・窓口責任者  liaison,main  二要素は未設定  "
                + "渡したコードは 2026-11-22 11:03:04 JST まで  サインイン中 2  見直しの時期です"
        )
        var left = json.object ?? JSONObject()
        left["status"] = "left"
        #expect(words.user(.object(left)).hasSuffix("退職  佐藤 花子  看護師  送信者・窓口責任者  liaison,main"))
        let english = Words(language: .english)
        #expect(english.user(json).hasPrefix("sato  active  佐藤 花子  nurse  sender,deskLead  "))
    }

    @Test func `one account is shown with its sessions`() {
        let json: JSON = [
            "user": "sato", "status": "suspended", "name": "佐藤 花子", "profession": "nurse",
            "roles": [], "desks": [], "hasSecondFactor": true, "spareCodes": 7, "passkeys": 1,
            "createdAt": "2026-11-21T02:03:04.567Z",
            "open": [
                [
                    "signedInAt": "2026-11-21T02:03:04.567Z",
                    "seenAt": "2026-11-21T02:04:04.567Z", "address": "192.0.2.7",
                ]
            ],
        ]
        let lines = words.shownUser(json)
        #expect(lines[0] == "sato  停止中  佐藤 花子  看護師  -  -")
        #expect(lines.contains("  最後のサインイン: -"))
        #expect(lines.contains("  残っている予備コード: 7"))
        #expect(lines.last?.contains("192.0.2.7") == true)
    }

    @Test(arguments: [
        ("start", "パスワードの欄"), ("password", "パスワードの欄"), ("factor", "確認コードの欄"),
        ("once", "確認コードの欄"),
    ])
    func `a code comes with where it is typed`(_ use: String, _ place: String) {
        let json: JSON = ["use": .string(use), "until": "2026-11-22T02:03:04.567Z"]
        let text = words.handed(json).text(.japanese)
        #expect(text.contains(place))
        #expect(text.contains("一度だけ表示します（2026-11-22 11:03:04 JST まで"))
    }
}
