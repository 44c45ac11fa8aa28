import Gateway
import Primitives
import Sheets

/// 添付 of a draft: what is there, and the form for one more.
struct AttachmentPage {
    let desk: DraftDesk
    var refusal: FileRefusal?
    /// 種類 as it was chosen.
    var kind = ""

    private var visit: Visit { desk.visit }
    private var path: String { "\(desk.path)/attachments" }

    /// 種類: which paper it is.
    static func kinds(_ visit: Visit) -> [FormField.Choice] {
        visit.catalogue.choices(of: "AttachmentKind", on: visit.today)
    }

    var html: HTML {
        let isFull = desk.files.listed.count >= Limits.attachedFiles
        let problems = refusal.map { refusal -> [HTML] in
            isFull ? [refusal.words] : ["<a href=\"#file\">\(refusal.words)</a>"]
        }
        let body: HTML = """
            \(table)
            <h2>ファイルを加える</h2>
            \(isFull ? "<p class=\"note\">\(FileRefusal.tooMany.words)</p>" : form)
            <p class="row"><a class="button main" href="\(desk.path)/check">確認へ進む</a>
            <a class="button" href="\(desk.path)">記入に戻る</a></p>
            """
        let title = visit.name(of: desk.draft.type) + English.said("の添付")
        return PageFrame(title: title, problems: problems ?? []).page(body, for: visit, at: .new)
    }

    private var table: HTML {
        guard !desk.files.listed.isEmpty else { return "<p class=\"note\">添付はありません。</p>" }
        let rows = desk.files.listed.map { file -> HTML in
            """
            <tr><td>\(file.name)</td><td>\(visit.label(file.kind.text, "AttachmentKind"))</td>
            <td>\(file.form)</td><td>\(file.size)</td>
            <td><form method="post" action="\(path)/remove">\(visit.token)
            <input type="hidden" name="sha256" value="\(file.sha256.hex)">
            <button aria-label="「\(file.name)」を外す">外す</button></form></td></tr>
            """
        }
        return """
            <table><caption>この書類の添付（\(desk.files.listed.count) 件。\(Limits.attachedFiles) 件まで）\
            </caption><thead><tr><th scope="col">ファイル名</th><th scope="col">種類</th>
            <th scope="col">形式</th><th scope="col">大きさ</th><th scope="col">操作</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """
    }

    /// The token comes first, so that nothing else of a foreign form is read.
    private var form: HTML {
        let choices = Self.kinds(visit).map { choice -> HTML in
            let mark: HTML = choice.code.hasSameBytes(as: kind) ? " selected" : .nothing
            return "<option value=\"\(choice.code)\"\(mark)>\(choice.label)</option>"
        }
        let most = Limits.attachedFileBytes
        let wrong: HTML =
            refusal.map { "<span class=\"wrong\" id=\"file-wrong\">\($0.words)</span>" }
            ?? .nothing
        let described = refusal == nil ? "file-hint" : "file-hint file-wrong"
        let invalid: HTML = refusal == nil ? .nothing : " aria-invalid=\"true\""
        return """
            <form method="post" action="\(path)" enctype="\(MultipartReader.mediaType)">
            \(visit.token)
            <div class="field"><label for="kind">種類<span class="must">※必須</span></label>
            <select id="kind" name="kind" required>
            <option value="">（選んでください）</option>\(choices)</select></div>
            <div class="field"><label for="file">ファイル<span class="must">※必須</span></label>
            <span class="hint" id="file-hint">\(Self.hint)</span>\(wrong)
            <input type="file" id="file" name="file" accept="\(Self.accepted)" required \
            data-most="\(most)" data-words="\(FileRefusal.tooLarge.words)" \
            aria-describedby="\(described)"\(invalid)></div>
            <p><button class="main">添付する</button></p></form>
            """
    }

    private static var hint: HTML {
        let all = FileKind.allCases.map(\.words).joined(separator: "・")
        return """
            \(all)。1 つ \(Limits.attachedFileBytes / 1024 / 1024) MB まで。\
            JPEG・PNG の写真からは、撮影した場所・日時・機種などを自動で取り除きます。\
            HEIC・TIFF・PDF からは取り除けません。場所を知られたくない写真は JPEG で添付してください。
            """
    }

    /// What a browser offers. HEIC is taken but not offered: a telephone that may choose sends its
    /// photograph as a JPEG then, which loses the place and which every office can open.
    private static let accepted = FileKind.allCases.filter { $0 != .heic }.flatMap(\.endings)
        .map { "." + $0 }.joined(separator: ",")
}

extension SheetAttachment {
    /// 形式.
    var form: String { FileKind(mediaType: mediaType)?.words ?? mediaType }

    /// 大きさ.
    var size: String {
        let kilo = (byteLength + 1023) / 1024
        return kilo < 1024 ? "\(kilo) KB" : "\(kilo / 1024).\(kilo % 1024 * 10 / 1024) MB"
    }
}

extension DraftDesk {
    /// The attachments as lines, for the pages on which they are not changed.
    var fileList: HTML {
        guard !files.listed.isEmpty else { return "<p>添付はありません。</p>" }
        let items = files.listed.map { file -> HTML in
            "<li>\(file.name)（\(visit.words(about: file))）</li>"
        }
        return "<ul>\(items)</ul>"
    }
}

extension Visit {
    /// 種類, 形式 and 大きさ of a file that is listed.
    func words(about file: SheetAttachment) -> String {
        "\(label(file.kind.text, "AttachmentKind"))、\(file.form)、\(file.size)"
    }
}
