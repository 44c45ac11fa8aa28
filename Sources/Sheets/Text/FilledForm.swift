/// A sheet on its form: what paper, screen and plain text draw, each in its own way.
///
/// Rows of cells on A4, in the order of the form. All text is plain: what looks like markup is
/// what somebody wrote.
package struct FilledForm: Sendable, CustomStringConvertible {
    /// The name of the form.
    package let title: String
    /// Why the sheet is for staff alone; it stands above the first row, too.
    package let banner: String?
    /// On every side of the page, in millimetres.
    package let margin: Int
    package let rows: [Row]
    /// What was entered and has no place on the form, one line each under its label, indented by
    /// 全角 blanks.
    package let others: [String]
    /// The same of numbers and hashes that mean something to programs only.
    package let references: [String]

    package init(
        title: String,
        banner: String? = nil,
        margin: Int = 15,
        rows: [Row],
        others: [String] = [],
        references: [String] = []
    ) {
        self.title = title
        self.banner = banner
        self.margin = margin
        self.rows = rows
        self.others = others
        self.references = references
    }

    package var description: String { "FilledForm" }

    /// The width of a page of A4 between its margins, in millimetres.
    package var lineWidth: Int { 210 - 2 * margin }

    /// With words in a frame above everything else; the same form where there are none.
    func under(_ banners: [String]) -> FilledForm {
        guard !banners.isEmpty else { return self }
        let banner = banners.joined(separator: "・")
        let style = Style(align: .center, size: .title, frame: .thick)
        let cell = Cell([.printed(banner)], width: lineWidth, style: style)
        return FilledForm(
            title: title,
            banner: banner,
            margin: margin,
            rows: [Row(cells: [cell])] + rows,
            others: others,
            references: references
        )
    }
}

extension FilledForm {
    /// Cells side by side, all as high as the highest.
    package struct Row: Sendable {
        /// Heading of the section that begins here.
        package let bar: String?
        package let cells: [Cell]

        package init(bar: String? = nil, cells: [Cell]) {
            self.bar = bar
            self.cells = cells
        }
    }

    package struct Cell: Sendable {
        /// In millimetres.
        package let width: Int
        package let style: Style
        /// Names the cells beside or below it.
        package let isHead: Bool
        /// Whether a value stands in it, or it has a place for none.
        package let isFilled: Bool
        package let runs: [Run]

        package init(
            _ runs: [Run],
            width: Int,
            style: Style = Style(),
            isHead: Bool = false,
            isFilled: Bool = true
        ) {
            self.width = width
            self.style = style
            self.isHead = isHead
            self.isFilled = isFilled
            self.runs = runs
        }

        /// Its words in one text; chosen ones are marked ■, the others □.
        package var text: String { runs.map(\.text).joined() }
    }

    package struct Style: Sendable, Equatable {
        package let align: Align
        package let size: Size
        package let frame: Frame
        /// As many lines high at least.
        package let lines: Int

        package init(
            align: Align = .left,
            size: Size = .normal,
            frame: Frame = .none,
            lines: Int = 1
        ) {
            self.align = align
            self.size = size
            self.frame = frame
            self.lines = lines
        }
    }

    package enum Align: String, Sendable, CaseIterable { case left, center, right }
    package enum Size: String, Sendable, CaseIterable { case small, normal, large, title }
    package enum Frame: String, Sendable, CaseIterable { case none, thin, thick }

    /// A piece of the text of a cell. Line feeds end lines.
    package enum Run: Sendable {
        /// Text of the form itself.
        case printed(String)
        /// What the writer entered.
        case entered(String)
        /// All that could be chosen, in the order of the form.
        case choices([Choice])

        package var text: String {
            switch self {
            case .printed(let text), .entered(let text): text
            case .choices(let choices): choices.map(\.text).joined(separator: " ")
            }
        }
    }

    package struct Choice: Sendable {
        package let label: String
        package let isChosen: Bool

        package init(_ label: String, isChosen: Bool) {
            self.label = label
            self.isChosen = isChosen
        }

        package var text: String { (isChosen ? "■" : "□") + label }
    }
}
