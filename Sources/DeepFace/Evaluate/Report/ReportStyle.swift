/// How the report's page looks, in light and in dark.
enum ReportStyle {
    static let css = """
        :root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #1c2330; --quiet: #5b6575;
          --line: #dde1e8;
          --grid: #e9ecf1; --shade: #eef0f4; --link: #1f5fbf; --good: #11734b; --same: #0072b2; --different: #d55e00;
          --s0: #0072b2; --s1: #d55e00; --s2: #008f6b; --s3: #b0468c; --s4: #8a6d00; --s5: #3f8fd0; --s6: #6b4fbb;
          --s7: #555b66; }
        @media (prefers-color-scheme: dark) { :root { --page: #12151b; --card: #1b2028; --ink: #e8ebf0;
          --quiet: #9aa5b5;
          --line: #333b47; --grid: #2a313c; --shade: #232a34; --link: #8ab8ff; --good: #5fd3a3; --same: #4fb3ee;
          --different: #ff9a4d; --s0: #4fb3ee; --s1: #ff9a4d; --s2: #37d0a4; --s3: #ea8ccb; --s4: #e3c34a;
          --s5: #9fd0ff;
          --s6: #b39dff; --s7: #b8c0cc; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 28px 20px 60px; }
        h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; }
        h2 { font-size: 19px; margin: 36px 0 12px; }
        h3 { font-size: 15px; margin: 22px 0 6px; }
        p { margin: 6px 0; } .quiet, figcaption { color: var(--quiet); } a { color: var(--link); }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px;
          margin: 0 0 16px; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 13px; }
        th, td { padding: 6px; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; }
        th { color: var(--quiet); font-weight: 600; vertical-align: bottom; }
        tbody tr:last-child td { border-bottom: 0; }
        td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; } td.best { color: var(--good);
          font-weight: 650; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); gap: 10px;
          margin: 12px 0 18px; }
        .tile { background: var(--shade); border-radius: 8px; padding: 8px 12px; }
        .tile b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
          .tile span { color: var(--quiet); font-size: 13px; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 20px; }
        figure { margin: 0; min-width: 0; } figcaption { font-size: 13px; margin-top: 4px; }
        .wide { max-width: 720px; margin: 0 auto; }
        svg.plot { width: 100%; height: auto; display: block; } svg text { fill: var(--quiet); font-size: 13px; }
        svg text.label { fill: var(--ink); } svg text.mark { fill: var(--ink); font-weight: 600; }
        .grid { stroke: var(--grid); fill: none; } .axis { stroke: var(--quiet); fill: none; }
        .unknown { fill: var(--shade); } .curve { fill: none; stroke: var(--c); stroke-width: 2.4;
          stroke-linejoin: round; }
        .dot { fill: var(--c); stroke: var(--card); stroke-width: 1.5; }
        .bar { fill: var(--c); fill-opacity: .72; } .threshold { stroke: var(--ink); stroke-width: 1.8;
          stroke-dasharray: 5 4; fill: none; }
        .same { --c: var(--same); } .different { --c: var(--different); }
        .s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); }
        .s4 { --c: var(--s4); } .s5 { --c: var(--s5); } .s6 { --c: var(--s6); } .s7 { --c: var(--s7); }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 4px 0 0; padding: 0;
          font-size: 13px; }
        .legend li { display: flex; align-items: center; gap: 7px; overflow-wrap: anywhere; }
        .key { width: 14px; height: 14px; border-radius: 3px; background: var(--c); flex: none; }
        summary { cursor: pointer; font-weight: 600; font-size: 17px; overflow-wrap: anywhere; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0; }
          dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
        .names { overflow-wrap: anywhere; }
        @media (max-width: 560px) { main { padding: 18px 10px 40px; } .card { padding: 12px; } h1 { font-size: 22px; }
          dl { grid-template-columns: 1fr; } dd { margin-bottom: 6px; } }
        """
}
