import BrowserKit
import Primitives

extension Stop {
    /// The walk, in its order: from the first sign-in to the reply.
    static let all = journey + records + mistakes
    /// With the other core sheets and what is not met on the way: for a wide walk.
    static let wide =
        journey + records + drafts + liaison + paper + referral + request + outcome + emergency
        + consents + questions + staff + own + english + mistakes + endings
    static let journey = door + writing + sending + receiving + answering

    /// Without what is enclosed, which would have to be attached.
    private static var admission: SheetFiller {
        get throws {
            try SheetFiller(demo: "admission-info", without: ["/body/enclosedPlans"])
        }
    }

    /// Texts that would become part of a page, or push it apart.
    static let hostile = (
        name: "<script>alert(1)</script>\"'&髙﨑",
        text: "\"><img src=x onerror=alert(1)>" + String(repeating: "W", count: 900)
    )

    private static let door = [
        Stop("サインイン") { walk in try await walk.care.open("/") },
        Stop("サインイン-失敗") { walk in
            try await walk.care.giveFirstCode("違うパスワードです", of: .careManager)
        },
        Stop("新しいパスワード") { walk in
            try await walk.care.giveFirstCode(walk.codes[.care] ?? "", of: .careManager)
        },
        Stop("認証アプリの登録") { walk in try await walk.care.choosePassword() },
        Stop("予備コード", isPrinted: true) { walk in try await walk.care.enrol() },
        Stop("本日-空") { walk in try await walk.care.use("本日の画面へ進む") },
        Stop("受信箱-空") { walk in try await walk.care.use("受信箱") },
        Stop("送信箱-空") { walk in try await walk.care.use("送信箱") },
    ]

    private static let writing = [
        Stop("新規作成") { walk in try await walk.care.use("新規作成") },
        Stop("記入-空") { walk in try await walk.care.use("入院時情報提供書") },
        Stop("記入-誤り") { walk in try await walk.care.use("確認へ進む") },
        Stop("記入-保存") { walk in
            var filler = try admission
            if walk.isBrief {
                try await filler.keepAskedFor(at: walk.care)
                filler.write(hostile.name, in: "/patient/fullName")
                // By this number the consent on record is that of this person.
                filler.write("9900000088", in: "/patient/insuredNumber")
            }
            try await walk.care.use("記入に戻る")
            filler.send(to: "架空記念病院")
            filler.consent()
            try await filler.fill(at: walk.care)
            try await walk.care.use("一時保存")
        },
        Stop("新規作成-下書きあり") { walk in try await walk.care.use("新規作成") },
        Stop("確認", isPrinted: true) { walk in
            try await walk.care.use(first: "td a")
            try await walk.care.use("確認へ進む")
            // What was filled in may ask for more.
            for _ in 0..<3 where walk.isBrief {
                guard try await walk.care.browser.has("#problems") else { return }
                var filler = try admission
                try await filler.keepAskedFor(at: walk.care)
                try await walk.care.use("記入に戻る")
                try await filler.fill(at: walk.care)
                try await walk.care.use("確認へ進む")
            }
        },
    ]

    private static let sending = [
        Stop("送信を受け付けました") { walk in try await walk.care.use("送信する") },
        Stop("配達状況-到着") { walk in try await walk.care.wait(for: "開封を待っています") },
        Stop("控え", isPrinted: true) { walk in try await walk.care.use("控えを見る・印刷する") },
        Stop("送信箱") { walk in try await walk.care.use("送信箱") },
    ]

    private static let receiving = [
        Stop("病院-本日", .hospital) { walk in
            try await walk.hospital.signInFirst(walk.codes[.hospital] ?? "", of: .socialWorker)
        },
        Stop("病院-受信箱", .hospital) { walk in try await walk.hospital.use("受信箱") },
        Stop("病院-書類を読む", .hospital, isPrinted: true, hasPaper: true) { walk in
            try await walk.hospital.use("入院時情報提供書")
        },
        Stop("病院-受領確認", .hospital) { walk in try await walk.hospital.use("受領確認する") },
        Stop("病院-宛先違い", .hospital) { walk in
            try await walk.hospital.use("宛先違い・人違いの連絡")
        },
    ]

    private static let answering = [
        Stop("病院-返信の記入", .hospital) { walk in
            try await walk.hospital.use("戻る")
            try await walk.hospital.use("返信する")
        },
        Stop("病院-返信の確認", .hospital) { walk in
            var filler = try SheetFiller(demo: "admission-ack", without: ["/patient"])
            filler.notice("令和8年4月版")
            if walk.isBrief { filler.write(hostile.text, in: "/body/comment") }
            try await filler.fill(at: walk.hospital)
            try await walk.hospital.use("確認へ進む")
        },
        Stop("病院-返信を送信", .hospital) { walk in try await walk.hospital.use("送信する") },
        Stop("本日") { walk in try await walk.care.use("本日") },
        Stop("受信箱") { walk in
            try await walk.care.use("受信箱")
            try await walk.care.wait(for: "受領連絡")
        },
        Stop("返信を読む", isPrinted: true) { walk in try await walk.care.use(first: "td a") },
        Stop("配達状況-返信あり", hasPaper: true) { walk in
            try await walk.care.use("送信箱")
            try await walk.care.use(first: "td a")
        },
    ]

    private static let records = [
        Stop("同意") { walk in try await walk.care.use("同意") },
        Stop("同意の撤回") { walk in try await walk.care.use("撤回を記録する") },
        Stop("利用者") { walk in try await walk.care.use("利用者") },
        Stop("利用者の綴り") { walk in try await walk.care.use(first: "td a") },
        Stop("前回との違い") { walk in try await walk.care.use("違いを見る") },
        Stop("提供・受領の記録", isPrinted: true) { walk in
            try await walk.care.use("この方の綴りに戻る")
            try await walk.care.use("提供・受領の記録（29・30条）")
        },
        Stop("開示等の請求") { walk in
            try await walk.care.use("この方の綴りに戻る")
            try await walk.care.use("開示等の請求（33–35条）")
        },
        Stop("開示-伏せる部分") { walk in
            for value in ["disclosure", "person"] {
                try await walk.care.browser.find("input[value='\(value)']").click()
            }
            try await walk.care.browser.find("#receivedOn").fill("R8.4.1")
            try await walk.care.use("請求を記録する")
            try await walk.care.use("伏せる部分の確認と写し")
        },
        Stop("朝の一覧", isPrinted: true) { walk in
            try await walk.care.use("本日")
            try await walk.care.use("朝の一覧（印刷用）")
        },
        Stop("宛先帳") { walk in try await walk.care.use("宛先帳") },
        Stop("監査") { walk in try await walk.care.use("監査") },
        Stop("監査-記録") { walk in try await walk.care.use("記録を調べる") },
        Stop("監査-検査") { walk in try await walk.care.use("記録が書き換えられていないか検査する") },
        Stop("監査-気になる動き") { walk in
            try await walk.care.use("監査")
            try await walk.care.use("気になる動きを見る")
        },
        Stop("状態と点検") { walk in try await walk.care.use("状態") },
        Stop("職員") { walk in try await walk.care.use("職員") },
        Stop("職員-端末") { walk in try await walk.care.use(first: "td a[href$='/sessions']") },
        Stop("自分の設定") { walk in try await walk.care.use(first: ".who a") },
    ]

    private static let mistakes = [
        Stop("誤り-権限がない", .hospital) { walk in
            let address = try await walk.hospital.browser.url
            try await walk.hospital.browser.open(
                address.replacing(/(\/o\/[^\/]+).*/) { "\($0.1)/staff" }
            )
        },
        Stop("誤り-ない書類") { walk in
            let address = try await walk.care.browser.url
            try await walk.care.browser.open(
                address.replacing(/(\/o\/[^\/]+).*/) { "\($0.1)/sheets/none" }
            )
        },
        Stop("画面ロック") { walk in try await walk.care.use("画面ロック") },
        Stop("病院-終了", .hospital) { walk in try await walk.hospital.use("終了") },
    ]
}
