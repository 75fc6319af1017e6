// Written by script/typegen; do not edit.
/** Members whose numbers are given as text, so that no digit is lost. */
export const DECIMALS: readonly string[] = ["amount","fee","minimum","percent","price","quantity","reportedCost","value"];
/** Members that hold what users sent, in which a number stays a number. */
export const OPEN: readonly string[] = ["after","before","event","other"];
