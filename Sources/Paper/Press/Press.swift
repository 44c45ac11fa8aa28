import Primitives
import Sheets

/// Draws jobs. Runs in the worker and in tests, never where keys are.
package enum Press {
    private static let footTop = Points.of(273)
    private static let footBottom = Points.of(291)
    private static let footSize = 8.0

    /// The job as PDF.
    ///
    /// - Throws: `tooLarge` beyond `Limits.paperPages` or `limit` bytes; `library`.
    package static func pdf(
        _ job: PaperJob,
        atMost limit: Int = Limits.paperBytes
    ) throws(PaperRefusal) -> [UInt8] {
        let title = job.documents.first?.form.title ?? ""
        let canvas = Canvas(title: title, madeAt: job.madeAt, atMost: limit)
        var count = 0
        for piece in pieces(of: job) {
            let documents = piece.map { (document: $0, pages: set($0, on: canvas)) }
            let total = documents.reduce(0) { $0 + $1.pages.count }
            count += total
            guard count <= Limits.paperPages else { throw .tooLarge }
            var before = 0
            for (document, pages) in documents {
                let code = try QRCode(document.code)
                for (index, items) in pages.enumerated() {
                    let page = Page(
                        document: document,
                        number: index + 1,
                        inPiece: (before + index + 1, of: total)
                    )
                    draw(page, items, code, on: canvas)
                }
                before += pages.count
            }
        }
        return try canvas.finished()
    }

    /// Documents that are numbered through: a cover with what follows it, any other by itself.
    private static func pieces(of job: PaperJob) -> [[PaperDocument]] {
        var pieces: [[PaperDocument]] = []
        for document in job.documents {
            if !document.isCover, pieces.last?.first?.isCover ?? false {
                pieces[pieces.count - 1].append(document)
            } else {
                pieces.append([document])
            }
        }
        return pieces
    }

    /// Those that would stand as a frame with a number in it.
    package static func undrawn(of characters: [String]) -> [String] {
        let canvas = Canvas(
            title: "",
            madeAt: Timestamp(startOfDayInJapan: Day(daysSince1970: 0)),
            atMost: Limits.paperBytes
        )
        return characters.filter { character in
            let text = StyledText(character, .entered)
            return TextBox(text, size: footSize, width: Canvas.width, on: canvas).unknown > 0
        }
    }

    // MARK: Setting

    private static func set(
        _ document: PaperDocument,
        on canvas: Canvas
    ) -> [[PageSetter.Item]] {
        let form = document.form
        var setter = PageSetter(margin: form.margin, bottom: footTop, on: canvas)
        for row in form.rows { setter.add(row) }
        if !form.others.isEmpty {
            let text = FilledForm.Run.entered(paragraphs(form.others))
            setter.add(small(text, bar: "様式に欄のない記載事項", frame: .thin, form))
        }
        if setter.unknown > 0 {
            let note =
                "※ この印刷に使う書体にない文字が\(setter.unknown)字あります。"
                + "枠の中の番号（Unicode）がその文字です。"
            setter.add(small(.printed(note), bar: nil, frame: .none, form))
        }
        return setter.pages
    }

    /// What belongs together in one paragraph: it is read rarely and must not fill a page.
    private static func paragraphs(_ lines: [String]) -> String {
        var text = ""
        for line in lines {
            let words = line.drop { $0 == "　" }
            let begins = words.startIndex == line.startIndex
            text += (text.isEmpty ? "" : begins ? "\n" : "　") + words
        }
        return text
    }

    private static func small(
        _ text: FilledForm.Run,
        bar: String?,
        frame: FilledForm.Frame,
        _ form: FilledForm
    ) -> FilledForm.Row {
        let style = FilledForm.Style(size: .small, frame: frame)
        return FilledForm.Row(
            bar: bar,
            cells: [FilledForm.Cell([text], width: form.lineWidth, style: style)]
        )
    }

    // MARK: Drawing

    private struct Page {
        let document: PaperDocument
        /// Of the document.
        let number: Int
        let inPiece: (number: Int, of: Int)
        var left: Double { Points.of(document.form.margin) }
        var right: Double { Canvas.width - left }
    }

    private static func draw(
        _ page: Page,
        _ items: [PageSetter.Item],
        _ code: QRCode,
        on canvas: Canvas
    ) {
        if let watermark = page.document.watermark {
            canvas.across(
                TextBox(
                    StyledText(watermark, .bold),
                    size: 110,
                    width: Canvas.height,
                    on: canvas
                )
            )
        }
        if page.number > 1 { heading(page, on: canvas) }
        if page.document.isCover, page.number == 1 { total(page, on: canvas) }
        for item in items { draw(item, on: canvas) }
        foot(page, code, on: canvas)
        canvas.endPage()
    }

    private static func draw(_ item: PageSetter.Item, on canvas: Canvas) {
        for cell in item.cells {
            let box = Box(
                left: cell.left,
                top: item.top,
                width: cell.width,
                height: item.height
            )
            if cell.isHead, cell.style.frame != .none {
                canvas.fill(box, item.isBar ? .bar : .head)
            }
            let height = cell.text.height(of: cell.lines)
            // One line stands in the middle of its cell, several begin at the top of it.
            let isCentred = cell.isHead || cell.style.lines == 1
            let air = (item.height - height) / 2
            let inset = isCentred ? air : min(air, 0.7 * PageSetter.padding)
            canvas.draw(
                cell.text,
                cell.lines,
                x: box.left + PageSetter.padding,
                y: box.top + inset
            )
        }
        // After all grounds: none covers a line of its neighbour.
        for cell in item.cells where cell.style.frame != .none {
            let box = Box(
                left: cell.left,
                top: item.top,
                width: cell.width,
                height: item.height
            )
            canvas.frame(box, thickness: cell.style.frame == .thick ? 1.5 : 0.5)
        }
    }

    private static func heading(_ page: Page, on canvas: Canvas) {
        let top = Points.of(page.document.form.margin)
        let text = small(page.document.heading + "（続き）", page.right - page.left, .left, canvas)
        canvas.draw(text, text.lines.indices.prefix(1), x: page.left, y: top - 4)
        let bottom = top + 10
        canvas.rule(from: page.left, to: page.right, at: bottom)
    }

    /// 総枚数, above the cover sheet's own words.
    private static func total(_ page: Page, on canvas: Canvas) {
        let text = TextBox(
            StyledText("総枚数 \(page.inPiece.of) 枚（この送付票を含む）", .bold),
            size: 12,
            width: page.right - page.left,
            align: .right,
            on: canvas
        )
        let top = Points.of(page.document.form.margin)
        canvas.draw(text, text.lines.indices.prefix(1), x: page.left, y: top - 12)
    }

    private static func foot(_ page: Page, _ code: QRCode, on canvas: Canvas) {
        let side = footBottom - footTop
        let lines = page.document.footer.joined(separator: "\n")
        canvas.rule(from: page.left, to: page.right, at: footTop + 3)
        let width = page.right - page.left - side
        let text = small(lines, width - 70, .left, canvas)
        canvas.draw(text, text.lines.indices, x: page.left, y: footTop + 6)
        let number = small("\(page.inPiece.number) / \(page.inPiece.of) ページ", 70, .right, canvas)
        canvas.draw(number, number.lines.indices, x: page.left + width - 70, y: footTop + 6)
        let box = Box(
            left: page.right - side,
            top: footTop + 4,
            width: side,
            height: side
        )
        canvas.draw(code, in: box)
    }

    private static func small(
        _ text: String,
        _ width: Double,
        _ align: FilledForm.Align,
        _ canvas: Canvas
    ) -> TextBox {
        TextBox(
            StyledText(text, .entered),
            size: footSize,
            width: width,
            align: align,
            on: canvas
        )
    }
}
