import Sheets

/// Puts rows on pages: a row is as high as its highest cell, stays whole where that leaves no large
/// hole, and is else broken between lines.
struct PageSetter {
    struct Cell {
        let text: TextBox
        let lines: Range<Int>
        let left: Double
        let width: Double
        let style: FilledForm.Style
        let isHead: Bool
    }

    /// Something on a page, with where it stands.
    struct Item {
        let top: Double
        let height: Double
        let cells: [Cell]
        let isBar: Bool
    }

    static let padding = Points.of(1)
    private static let gap = Points.of(1.2)
    /// A row up to this height is never broken.
    private static let whole = Points.of(60)
    /// Less room than this is not begun with a part of a row.
    private static let leastPart = Points.of(25)
    private static let headingHeight = Points.of(6)

    private(set) var pages: [[Item]] = [[]]
    /// Characters without a glyph, so far.
    private(set) var unknown = 0
    private let canvas: Canvas
    private let margin: Double
    private let top: Double
    private let bottom: Double
    private let width: Double
    private var y: Double
    private var section: String?

    init(margin: Int, bottom: Double, on canvas: Canvas) {
        self.canvas = canvas
        self.margin = Points.of(margin)
        self.bottom = bottom
        width = Canvas.width - 2 * Points.of(margin)
        top = Points.of(margin)
        y = top
    }

    static func size(_ size: FilledForm.Size) -> Double {
        switch size {
        case .small: 8.5
        case .normal: 10
        case .large: 12
        case .title: 18
        }
    }

    mutating func add(_ row: FilledForm.Row) {
        let cells = measured(row)
        let height = cells.map { PageSetter.height($0) }.max() ?? 0
        if row.bar != nil { section = row.bar }
        let bar = row.bar.map(measured)
        let barHeight = bar.map { PageSetter.gap + PageSetter.height($0) } ?? 0
        if y + barHeight + height > bottom {
            let room = bottom - y - barHeight
            if height <= PageSetter.whole || room < PageSetter.leastPart { beginPage() }
        }
        if let bar { place(bar) }
        if y + height <= bottom { place(cells, height) } else { split(cells) }
    }

    private mutating func beginPage() {
        guard pages.last?.isEmpty == false else { return }
        pages.append([])
        y = top + PageSetter.headingHeight
    }

    // MARK: Measuring

    private mutating func measured(_ row: FilledForm.Row) -> [Cell] {
        var left = margin
        var cells: [Cell] = []
        for cell in row.cells {
            let width = Points.of(cell.width)
            let text = TextBox(
                StyledText(cell.runs),
                size: PageSetter.size(cell.style.size),
                width: width - 2 * PageSetter.padding,
                align: cell.style.align,
                on: canvas
            )
            unknown += text.unknown
            cells.append(
                Cell(
                    text: text,
                    lines: text.lines.indices,
                    left: left,
                    width: width,
                    style: cell.style,
                    isHead: cell.isHead
                )
            )
            left += width
        }
        return cells
    }

    private func measured(_ bar: String) -> Cell {
        let text = TextBox(
            StyledText(bar, .bold),
            size: PageSetter.size(.normal),
            width: width - 2 * PageSetter.padding,
            on: canvas
        )
        return Cell(
            text: text,
            lines: text.lines.indices,
            left: margin,
            width: width,
            style: FilledForm.Style(frame: .thin),
            isHead: true
        )
    }

    private static func height(_ cell: Cell) -> Double {
        let least = Double(cell.style.lines) * size(cell.style.size) * 1.4
        let text = max(cell.text.height(of: cell.lines), least)
        // Framed cells need air above and below; free text has that of its lines.
        return text + (cell.style.frame == .none ? 1 : 1.4) * padding
    }

    // MARK: Placing

    private mutating func place(_ bar: Cell) {
        if pages.last?.isEmpty == false { y += PageSetter.gap }
        let height = PageSetter.height(bar)
        pages[pages.count - 1].append(Item(top: y, height: height, cells: [bar], isBar: true))
        y += height
    }

    private mutating func place(_ cells: [Cell], _ height: Double) {
        pages[pages.count - 1].append(Item(top: y, height: height, cells: cells, isBar: false))
        y += height
    }

    /// Breaks a row over pages; heads stand on each, below the name of their section.
    private mutating func split(_ cells: [Cell]) {
        var rest = cells
        while true {
            let room = bottom - y - 1.4 * PageSetter.padding
            let parts = rest.map { $0.isHead ? $0 : $0.fitting(room) }
            place(parts, min(parts.map { PageSetter.height($0.compact) }.max() ?? 0, bottom - y))
            rest = zip(rest, parts).map { $0.isHead ? $0 : $0.after($1) }
            guard rest.contains(where: { !$0.isHead && !$0.lines.isEmpty }) else { return }
            pages.append([])
            y = top + PageSetter.headingHeight
            if let section { place(measured(section + "（続き）")) }
        }
    }
}

extension PageSetter.Cell {
    /// As many of its lines as fit into `room`, and one at least.
    fileprivate func fitting(_ room: Double) -> PageSetter.Cell {
        guard let first = lines.first else { return self }
        var end = first + 1
        while end < lines.upperBound, text.height(of: first..<end + 1) <= room { end += 1 }
        return with(lines: first..<end, style: style)
    }

    fileprivate func after(_ part: PageSetter.Cell) -> PageSetter.Cell {
        with(lines: part.lines.upperBound..<lines.upperBound, style: style)
    }

    /// Without the height that the form gives it when it is empty.
    fileprivate var compact: PageSetter.Cell {
        with(lines: lines, style: FilledForm.Style(size: style.size, frame: style.frame))
    }

    private func with(lines: Range<Int>, style: FilledForm.Style) -> PageSetter.Cell {
        PageSetter.Cell(
            text: text,
            lines: lines,
            left: left,
            width: width,
            style: style,
            isHead: isHead
        )
    }
}
