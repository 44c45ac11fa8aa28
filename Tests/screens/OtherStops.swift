import BrowserKit
import Foundation
import Primitives

extension Desk {
    /// Attaches a file of the demo.
    fileprivate func attach(_ name: String) async throws {
        try await browser.find("#kind").choose("居宅サービス計画書")
        try await browser.find("#file").type(House.demoData.appendingPathComponent(name).path)
        try await use("添付する")
    }
}

extension Stop {
    /// 医療・介護連携シート: taken back within the hold, sent again, and returned as astray.
    static let liaison = [
        Stop("連携シート-記入") { walk in
            try await walk.care.use("新規作成")
            try await walk.care.use("医療・介護連携シート")
            var filler = try SheetFiller(demo: "care-liaison")
            filler.send(to: "幻町内科クリニック")
            filler.consent()
            try await filler.fill(at: walk.care)
            try await walk.care.use("一時保存")
        },
        Stop("連携シート-添付なし") { walk in try await walk.care.use("添付を加える・外す") },
        Stop("連携シート-添付の誤り") { walk in try await walk.care.attach("consent-care.json") },
        Stop("連携シート-添付あり") { walk in try await walk.care.attach("care-plan.pdf") },
        Stop("連携シート-確認") { walk in try await walk.care.use("確認へ進む") },
        Stop("連携シート-取消") { walk in
            try await walk.care.use("送信する")
            try await walk.care.use("取り消す")
            try await walk.care.wait(for: "同じ内容で作り直す")
        },
        Stop("連携シート-作り直し") { walk in try await walk.care.use("同じ内容で作り直す") },
        Stop("連携シート-送信") { walk in
            try await walk.care.use("確認へ進む")
            try await walk.care.use("送信する")
        },
        Stop("診療所-連携シートを読む", .clinic, hasPaper: true) { walk in
            let desk = try walk.doctor
            try await desk.signInFirst(walk.codes[.clinic] ?? "", of: .doctor)
            try await desk.use("受信箱")
            try await desk.wait(for: "医療・介護連携シート")
            try await desk.use("医療・介護連携シート")
        },
        Stop("診療所-人違い", .clinic) { walk in
            let desk = try walk.doctor
            try await desk.use("宛先違い・人違いの連絡")
            try await desk.browser.find("[name=reason][value=wrongPatient]").click()
            try await desk.use("宛先違い・人違いを知らせる")
        },
        Stop("連携シート-人違いの知らせ") { walk in
            try await walk.care.use("送信箱")
            try await walk.care.use(first: "td a")
            try await walk.care.wait(for: "人違い")
        },
    ]

    /// 紙で送る: the same sheet by fax, with its cover sheet.
    static let paper = [
        Stop("紙で送る", hasPaper: true) { walk in
            try await walk.care.use("新規作成")
            try await walk.care.use("医療・介護連携シート")
            var filler = try SheetFiller(demo: "care-liaison")
            filler.send(to: "幻町内科クリニック")
            filler.consent()
            try await filler.fill(at: walk.care)
            try await walk.care.use("確認へ進む")
            try await walk.care.browser.find("main details summary").click()
            try await walk.care.use(first: "main details button")
        },
        Stop("紙で送る-送付済") { walk in try await walk.care.use("送付した") },
        Stop("紙で送った書類") { walk in try await walk.care.use("紙で送った書類の一覧") },
        Stop("受信箱-絞り込み") { walk in
            try await walk.care.use("受信箱")
            try await walk.care.browser.find("main details summary").click()
        },
    ]

    /// 紹介患者状況把握シート: from the clinic to the hospital and the consultation room.
    static let referral = [
        Stop("診療所-紹介シートの記入", .clinic) { walk in
            let desk = try walk.doctor
            try await desk.use("新規作成")
            try await desk.use("紹介患者状況把握シート")
            var filler = try SheetFiller(demo: "referred-patient-status")
            filler.send(to: "架空記念病院", "幻区在宅医療・介護連携相談支援室")
            filler.consent()
            try await filler.fill(at: desk)
            try await desk.use("一時保存")
        },
        Stop("診療所-紹介シートの確認", .clinic) { walk in
            try await walk.doctor.use("確認へ進む")
        },
        Stop("診療所-紹介シートの送信", .clinic) { walk in try await walk.doctor.use("送信する") },
        Stop("病院-紹介シートを読む", .hospital, hasPaper: true) { walk in
            try await walk.hospital.use("受信箱")
            try await walk.hospital.wait(for: "紹介患者状況把握シート")
            try await walk.hospital.use("紹介患者状況把握シート")
        },
    ]

    /// 転帰シート: from the clinic, which wants to know what becomes of the patient it referred.
    static let request = [
        Stop("診療所-転帰シートの記入", .clinic) { walk in
            let desk = try walk.doctor
            try await desk.use("新規作成")
            try await desk.use("転帰シート")
            // The referral of the demonstration is not that of this walk.
            var filler = try SheetFiller(
                demo: "outcome-request",
                without: ["/body/referralSheetId"]
            )
            filler.send(to: "架空記念病院")
            try await filler.fill(at: desk)
            try await desk.use("一時保存")
            // Consents are offered once it is known whose.
            var consent = SheetFiller(fields: [])
            consent.consent()
            try await consent.fill(at: desk)
            try await desk.use("一時保存")
        },
        Stop("診療所-転帰シートの確認", .clinic, isPrinted: true) { walk in
            try await walk.doctor.use("確認へ進む")
        },
        Stop("診療所-転帰シートの送信", .clinic) { walk in try await walk.doctor.use("送信する") },
        Stop("病院-転帰シートを読む", .hospital, isPrinted: true, hasPaper: true) { walk in
            try await walk.hospital.use("受信箱")
            try await walk.hospital.wait(for: "転帰シート")
            try await walk.hospital.use("転帰シート")
        },
        Stop("診療所-転帰シートが開封された", .clinic) { walk in
            try await walk.doctor.use("送信箱")
            try await walk.doctor.use("転帰シート")
            try await walk.doctor.wait(for: "受領確認を待っています")
        },
    ]

    /// 患者転帰: the hospital answers, and the clinic reads and prints it.
    static let outcome = [
        Stop("病院-患者転帰の記入", .hospital) { walk in
            try await walk.hospital.use("返信する")
            var filler = try SheetFiller(
                demo: "patient-outcome-reply",
                without: ["/patient"]
            )
            filler.consent()
            try await filler.fill(at: walk.hospital)
            try await walk.hospital.use("一時保存")
        },
        Stop("病院-患者転帰の確認", .hospital) { walk in
            try await walk.hospital.use("確認へ進む")
        },
        Stop("病院-患者転帰の送信", .hospital) { walk in try await walk.hospital.use("送信する") },
        Stop("診療所-患者転帰を読む", .clinic, hasPaper: true) { walk in
            try await walk.doctor.use("受信箱")
            try await walk.doctor.wait(for: "患者転帰")
            try await walk.doctor.use("患者転帰")
        },
        Stop("診療所-転帰シートに返信あり", .clinic) { walk in
            try await walk.doctor.use("送信箱")
            try await walk.doctor.use("転帰シート")
            try await walk.doctor.wait(for: "返信あり")
        },
    ]

    static let consents = [
        Stop("同意-記録") { walk in
            try await walk.care.use("同意")
            var filler = SheetFiller(fields: [
                ("fullName", ["葛󠄀飾 ハナ"]), ("fullNameKana", ["カツシカ ハナ"]),
                ("birthDate", ["S15.2.3"]), ("giverName", ["葛󠄀飾 ハナ"]), ("givenBy", ["self"]),
                ("method", ["paper"]),
                ("validFrom", ["R8.4.1"]), ("explainedBy", ["辻󠄁本 春香"]),
                ("purposes", ["careCoordination"]), ("scopeOrgTypes", ["clinic"]),
            ])
            try await filler.fill(at: walk.care)
            try await walk.care.use("同意を記録する")
        },
        Stop("同意-撤回") { walk in
            try await walk.care.use("撤回を記録する")
            try await walk.care.use("撤回を記録する")
        },
        // The clinic has two desks by now.
        Stop("連携シート-宛先の窓口") { walk in
            try await walk.care.use("新規作成")
            try await walk.care.use("医療・介護連携シート")
        },
    ]

    /// What an auditor asks: who saw a person's sheets, what somebody did, what became of a sheet.
    static let questions = [
        Stop("監査-だれが見たか") { walk in
            try await walk.care.use("監査")
            try await walk.care.fill("利用者（患者）の氏名", "高崎吉之助")
            try await walk.care.use("記録を調べる")
        },
        Stop("監査-何をしたか") { walk in
            try await walk.care.use("監査")
            try await walk.care.fill("職員の氏名", "辻󠄁本")
            try await walk.care.use("記録を調べる")
        },
        Stop("監査-どうなったか") { walk in
            try await walk.care.use("送信箱")
            try await walk.care.use(first: "td a")
            let number = try await walk.care.browser.url.split(separator: "/").last ?? ""
            try await walk.care.use("監査")
            try await walk.care.fill("受付番号", String(number))
            try await walk.care.use("記録を調べる")
        },
        Stop("診療所-緊急閲覧の確認", .clinic) { walk in
            let desk = try walk.doctor
            try await desk.use("本日")
            try await desk.use(first: "a[href$='/reviews']")
        },
    ]

    /// The pages in English, and back.
    static let english = [
        Stop("英語-本日", language: "en") { walk in try await walk.care.use("English") },
        Stop("英語-受信箱", language: "en") { walk in try await walk.care.use("Inbox") },
        Stop("英語-書類を読む", language: "en") { walk in try await walk.care.use(first: "td a") },
        Stop("英語-送信箱", language: "en") { walk in try await walk.care.use("Outbox") },
        Stop("英語-配達状況", language: "en") { walk in try await walk.care.use(first: "td a") },
        Stop("英語-新規作成", language: "en") { walk in try await walk.care.use("New sheet") },
        Stop("英語-自分の設定", language: "en") { walk in
            try await walk.care.use(first: ".who a")
        },
        Stop("日本語に戻る") { walk in try await walk.care.use("日本語") },
    ]
}
