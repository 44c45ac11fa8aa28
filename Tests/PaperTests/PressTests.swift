import Cryptography
import Paper
import Primitives
import Sheets
import TestKit
import Testing

/// Pages as they come out of the press.
struct PressTests {
    static let examples = [
        "admission-info-1.json", "admission-info-2.json", "admission-ack-1.json",
        "care-liaison-1.json", "care-liaison-2.json", "care-liaison-reply-1.json",
        "discharge-info-2.json", "outcome-request-1.json", "patient-outcome-reply-1.json",
        "referred-patient-status-1.json", "wrong-recipient-notice-1.json",
    ]

    @Test(arguments: examples)
    func `every word of a sheet is on its pages, in the order of the form`(_ name: String) throws {
        let document = try PaperSample.sheet(name)
        let printed = try Printed([document])
        let words = try printed.words()
        var rest = Substring(words)
        for row in document.form.rows {
            let texts = [row.bar].compactMap(\.self) + row.cells.map(\.text)
            for text in texts.map({ $0.filter { !$0.isWhitespace } }) where !text.isEmpty {
                let found = rest.firstRange(of: text)
                #expect(found != nil, "\(text)")
                if let found { rest = rest[found.upperBound...] }
            }
        }
        for line in document.form.others {
            #expect(words.contains(line.filter { !$0.isWhitespace }))
        }
        #expect(words.contains("文書ID4a1e5fea"))
    }

    @Test(arguments: examples)
    func `pages are A4 with every font inside`(_ name: String) throws {
        let printed = try Printed([try PaperSample.sheet(name)])
        let facts = try printed.facts()
        #expect(facts.contains("(A4)"))
        #expect(facts.contains("CreationDate:    Mon Sep 21 14:13:20 2026 UTC"))
        let fonts = try printed.fonts()
        #expect(!fonts.isEmpty)
        for font in fonts {
            let flags = font.suffix(5).prefix(3)
            #expect(flags.elementsEqual(["yes", "yes", "yes"]), "\(font)")
            let name = font.first ?? ""
            #expect(name.contains("BIZUD") || name.contains("Noto"), "\(name)")
        }
    }

    @Test func `the core sheets have as many pages as on paper`() throws {
        for (name, pages) in [
            ("outcome-request-1.json", 1), ("referred-patient-status-1.json", 1),
            ("care-liaison-2.json", 1), ("admission-info-2.json", 2),
        ] {
            #expect(try Printed([try PaperSample.sheet(name)]).pages() == pages, "\(name)")
        }
    }

    /// The blocks of the four core sheets, from the top of the paper form to its foot.
    static let blocks: [(String, [String])] = [
        (
            "care-liaison-2.json",
            [
                "発行日：", "医療・介護連携シート", "ケアマネジャー→医師", "下記のご利用者の介護保険における",
                "ご利用者", "返信ください", "報告まで", "1.担当になった事のお知らせです。",
                "2.ご相談したいことがあります。", "ケアプラン作成時の意見", "サービス担当者会議", "福祉用具",
                "医療系サービス", "別紙参照", "その他（", "連絡事項", "【居宅介護支援事業所】", "【担当】",
                "【TEL】", "【FAX】", "【担当者携帯番号】", "【Email】", "同意を得て",
            ]
        ),
        (
            "outcome-request-1.json",
            [
                "転帰シート", "担当医連携室の皆様へお願い", "この度は、紹介患者", "様につきまして以下の点",
                "●転科・転院・退院の情報をお願いします。", "●施設入所を決定する前に、必ずご一報をお願いします。",
                "＊皆様のご理解とご協力を賜りますよう", "会長", "在宅医療・介護連携相談支援室", "TEL", "FAX",
                "Email", "生年月日", "紹介元",
            ]
        ),
        (
            "referred-patient-status-1.json",
            [
                "紹介患者状況把握シート", "大阪市高齢者等在宅医療・介護連携に関する相談窓口", "紹介先", "紹介者区分",
                "紹介日", "ご紹介医療機関", "紹介元", "貴院名", "主治医", "退院時の対応", "両者の相談により決定",
                "その他希望", "医師会から連絡方法", "医師会コーディネータの参加を", "患者情報", "フリガナ", "患者氏名",
                "性別", "生年月日", "患者住所", "介護保険利用", "ケアプラン", "ケアマネ", "特記", "同意を得て",
                "切り取り", "＊病院ご担当者様へ", "患者転帰", "移動期日", "転帰", "□転院□退院□入院□その他（",
                "転院先", "病院・施設", "科",
            ]
        ),
        (
            "admission-info-1.json",
            [
                "作成日：", "入院時情報提供書", "居宅介護支援事業所→病院・診療所", "御中",
                "以下の情報は、利用者本人及び家族の同意に基づき提供しています。", "基本情報", "フリガナ", "性別", "氏名",
                "生年月日", "住所", "自宅電話番号", "世帯状況", "住居形態", "エレベーター", "入院理由", "生活状況",
                "介護保険等情報", "要介護", "有効期間", "サービス利用状況", "障害者認定", "疾患及びADL情報",
                "障害高齢者の日常生活自立度", "認知症高齢者の日常生活自立度", "現病名", "既往歴", "食事", "形態", "排尿",
                "排便", "失禁", "方法", "上衣の着脱", "ズボン等の着脱", "移乗", "移動", "立位", "認知症等の症状",
                "退院に向けてのお願い", "1)退院が決まり次第", "2)必要に応じて", "事業所名", "担当氏名", "電話番号",
                "FAX番号",
            ]
        ),
    ]

    @Test(arguments: blocks)
    func `every block is on paper where its form has it`(
        _ name: String,
        _ blocks: [String]
    ) throws {
        var rest = Substring(try Printed([try PaperSample.sheet(name)]).words())
        for block in blocks {
            let found = try #require(rest.firstRange(of: block), "\(block)")
            rest = rest[found.upperBound...]
        }
    }

    @Test func `the same job gives the same bytes`() throws {
        let document = try PaperSample.sheet("care-liaison-1.json")
        #expect(try Printed([document]).bytes == Printed([document]).bytes)
    }

    @Test func `rare characters of names are drawn and found again`() throws {
        let names = "髙﨑 葛\u{E0100}城 辻\u{E0101}本 渡邊 ㋿ 𠮷野 神\u{FA19} ｶﾜｻｷ ①Ⅲ㈱"
        let words = try Printed([PaperSample.text(names)]).words()
        for name in [
            "髙﨑", "辻\u{E0101}本", "葛\u{E0100}城", "渡邊", "㋿", "𠮷野", "\u{FA19}", "ｶﾜｻｷ", "①Ⅲ㈱",
        ] {
            #expect(words.contains(name), "\(name)")
        }
        #expect(!words.contains("書体にない文字"))
    }

    @Test func `characters that no font has are counted below the sheet`() throws {
        let words = try Printed([PaperSample.text("外字\u{E123}\u{E124}です")]).words()
        #expect(words.contains("書体にない文字が2字あります"))
    }

    @Test func `markup is text`() throws {
        let hostile = "<b>太字</b>&amp;<spansize='99999'>x</span>%1$s\\n{/patient}"
        let words = try Printed([PaperSample.text(hostile)]).words()
        #expect(words.contains(hostile))
    }

    @Test func `a long text goes on over pages below the name of its section`() throws {
        let printed = try Printed([
            PaperSample.text(String(repeating: "あいうえおかきくけこ", count: 500))
        ])
        let words = try printed.words()
        #expect(words.filter { $0 == "け" }.count == 500)
        #expect(words.contains("連絡事項（続き）"))
        #expect(words.contains("書類髙﨑𠮷之助様（続き）"))
        let pages = try printed.pages()
        #expect(pages > 1 && words.contains("\(pages)/\(pages)ページ"))
    }

    @Test func `a word longer than a page is broken anywhere`() throws {
        let printed = try Printed([PaperSample.text(String(repeating: "W", count: 4096))])
        #expect(try printed.words().filter { $0 == "W" }.count == 4096)
        #expect(try printed.pages() <= 3)
    }

    @Test func `the QR code on each page is read by a machine`() throws {
        let printed = try Printed([try PaperSample.sheet("admission-info-1.json")])
        #expect(try printed.codes() == Array(repeating: PaperSample.code, count: printed.pages()))
    }

    @Test func `several sheets are one file, each with its own numbers`() throws {
        let one = try PaperSample.sheet("outcome-request-1.json")
        let other = try PaperSample.sheet("admission-info-2.json")
        let printed = try Printed([one, other])
        #expect(try printed.pages() == 3)
        let words = try printed.words()
        for number in ["1/1ページ", "1/2ページ", "2/2ページ"] { #expect(words.contains(number)) }
    }

    @Test func `the foot tells the number of the message and that of the sheet apart`() throws {
        let sheet = try SheetExamples.sheet("care-liaison-1.json")
        let form = try #require(try SheetExamples.catalogue.get().filledForm(of: sheet))
        let foot = PaperDocument.Foot(
            message: PaperSample.message,
            sha256: SHA256.hash([]),
            printedAt: Timestamp(milliseconds: 1_790_000_000_000)
        )
        let words = try Printed([PaperDocument(form, of: sheet, foot: foot)]).words()
        let numbers = "受付番号\(PaperSample.message.text)文書ID\(sheet.sheetID.text)SHA-256"
        #expect(words.contains(numbers), "\(words)")
    }

    @Test func `a cover sheet counts the pages of its piece of mail`() throws {
        let sheet = try PaperSample.sheet("admission-info-2.json")
        let party = CoverSheet.Party(name: "幻町内科", telephone: "06-0000-3001", fax: nil)
        let covers = ["123456", "654321"].map { code in
            PaperDocument(
                cover: CoverSheet(
                    to: party,
                    from: party,
                    title: "入院時情報提供書",
                    patient: "髙﨑 𠮷之助",
                    code: code
                ),
                message: PaperSample.message
            )
        }
        let printed = try Printed([covers[0], sheet, covers[1], sheet])
        let words = try printed.words()
        #expect(try printed.pages() == 6)
        #expect(words.matches(of: /総枚数3枚/).count == 2)
        for number in 1...3 {
            #expect(words.matches(of: try Regex("\(number)/3ページ")).count == 2, "\(number)")
        }
        #expect(words.contains("●﨑●之●様") == false && words.contains("●﨑●之●"))
        #expect(words.contains("幻町内科御中") && words.contains("宛先帳にありません"))
    }

    @Test func `a practice sheet says so across each page`() throws {
        let form = try PaperSample.sheet("admission-info-2.json").form
        let words = try Printed([PaperSample.document(form, watermark: "練習")]).words()
        #expect(words.split(separator: "練習", omittingEmptySubsequences: false).count == 3)
    }

    @Test func `an undisclosed diagnosis stands on each page`() throws {
        let sheet = try SheetExamples.sheet("discharge-info-2.json")
        let form = try #require(try SheetExamples.catalogue.get().filledForm(of: sheet))
        let foot = PaperDocument.Foot(
            message: PaperSample.message,
            sha256: SHA256.hash([]),
            printedAt: Printed.time
        )
        let printed = try Printed([PaperDocument(form, of: sheet, foot: foot)])
        let pages = try printed.pages()
        #expect(try pages > 1 && printed.words().matches(of: /本人未告知/).count == pages)
    }

    @Test func `more pages or bytes than a job may have are refused`() throws {
        let tall = FilledForm.Row(cells: [
            FilledForm.Cell([], width: 180, style: FilledForm.Style(lines: 25))
        ])
        func job(_ pages: Int) -> PaperJob {
            let rows = Array(repeating: tall, count: 2 * pages)
            let form = FilledForm(title: "書類", rows: rows)
            return PaperJob([PaperSample.document(form)], madeAt: Printed.time)
        }
        #expect(try !Press.pdf(job(Limits.paperPages)).isEmpty)
        #expect(throws: PaperRefusal.tooLarge) { try Press.pdf(job(Limits.paperPages + 1)) }
        let bytes = try Press.pdf(job(1)).count
        #expect(try Press.pdf(job(1), atMost: bytes).count == bytes)
        #expect(throws: PaperRefusal.tooLarge) { try Press.pdf(job(1), atMost: bytes - 1) }
    }

    @Test func `what a QR code cannot hold is an error of its library`() throws {
        let text = String(repeating: "a", count: 4000)
        #expect(throws: PaperRefusal.library("QRcode_encodeData")) { try QRCode(text) }
        let code = try QRCode(PaperSample.code)
        #expect(code.isDark.count == code.side * code.side && code.side % 4 == 1)
    }
}
