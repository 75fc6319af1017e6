// The parts of ECharts that the dashboard draws with; the rest of the library is left out.
import { use } from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import { AxisPointerComponent, GridComponent, LegendComponent, LegendScrollComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, AxisPointerComponent, GridComponent, LegendComponent, LegendScrollComponent, TooltipComponent, CanvasRenderer]);

export { init } from "echarts/core";
